import { requireAudience } from '../../audiences/read-audience.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpoint } from '../../store/endpoint-store.ts';
import { suggestionAnswer, suggestSchema } from '../share-schema.ts';
import { suggestMapping } from '../suggest.ts';

/** `POST /v1/shares/suggest-mapping`: what a wizard begins with. */
export const suggestShareMapping = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'suggestShareMapping',
    method: 'POST',
    path: '/v1/shares/suggest-mapping',
    summary: 'Suggest how columns of an audience map onto a destination',
    access: { who: 'people', writes: false },
    body: suggestSchema,
    answer: suggestionAnswer,
    repeatable: true,
    async handle({ memberId, body }) {
      const source = await requireEndpoint(parts.catalog.read, memberId, body.source.endpointId);
      const destination = await requireEndpoint(parts.catalog.read, memberId, body.destination.endpointId);
      const audience = await requireAudience(parts, memberId, source, String(body.source.segmentId));
      return { status: 200, json: suggestMapping(source, audience, destination) };
    },
  });
