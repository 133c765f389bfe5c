import { Type } from 'typebox';
import { makeKey } from '../../calls/exchange-keys.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath } from '../../calls/path-parts.ts';
import { formatRfc3339 } from '../../calls/wire-time.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpointRow } from '../../store/endpoint-store.ts';
import { requireNotBuiltIn } from '../registering-endpoint.ts';

const answer = Type.Object({ key: Type.String({ description: 'Shown once' }), previousKeyExpiresAt: Type.String() });

/** `POST /v1/endpoints/:endpointId/rotate-key`: a new key; the old one works for another 24 hours (exchange.md section 2.2). */
export const rotateEndpointKey = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'rotateEndpointKey',
    method: 'POST',
    path: '/v1/endpoints/:endpointId/rotate-key',
    summary: "Make a new key for an endpoint's software",
    access: { who: 'people', writes: true },
    answer,
    repeatable: true,
    handle: (call) =>
      call.change(async (made) => {
        const endpoint = await requireEndpointRow(made, call.memberId, endpointInPath(call));
        requireNotBuiltIn(endpoint);
        const { key, previousEndsOn } = await makeKey(made, { scope: 'endpoint', subjectId: endpoint.id, memberId: call.memberId });
        made.record({
          objectType: 'endpoint_key',
          objectId: endpoint.id,
          memberId: call.memberId,
          before: null,
          after: { rotated_on: made.nowMs },
        });
        return { status: 200, json: { key, previousKeyExpiresAt: formatRfc3339(previousEndsOn) } };
      }),
  });
