import { Type } from 'typebox';
import { refusal } from '../../../kit/refusal.ts';
import { searchOwnSegments } from '../../audiences/built-in-audiences.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath } from '../../calls/path-parts.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpoint } from '../../store/endpoint-store.ts';
import { askPeer } from '../ask-peer.ts';
import { clientOf } from '../connection.ts';
import type { Endpoint } from '../endpoint.ts';

const nullable = Type.Union([Type.Integer(), Type.Null()]);
const answer = Type.Array(
  Type.Object({ segmentId: Type.String(), name: Type.String(), description: Type.Union([Type.String(), Type.Null()]), count: nullable }),
);

/** `GET /v1/endpoints/:endpointId/destination-segments`: where an audience could go; a push consumer is asked now (exchange-sharing.md section 2). */
export const listDestinationSegments = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listDestinationSegments',
    method: 'GET',
    path: '/v1/endpoints/:endpointId/destination-segments',
    summary: 'Audiences of a destination that can be added to or replaced',
    access: { who: 'people', writes: false },
    parameters: pageParameters,
    answer,
    handle: async (call) => {
      const endpoint = await requireEndpoint(parts.catalog.read, call.memberId, endpointInPath(call));
      const page = readPage(call, ['string']);
      if (endpoint.status !== 'ACTIVE' || endpoint.destination === null)
        throw refusal(exchangeErrors.badState, { fault: `Endpoint ${endpoint.id} is no Active destination` });
      const after = page.after === undefined ? undefined : String(page.after[0]);
      const found =
        endpoint.kind === 'internal'
          ? await searchOwnSegments(parts, endpoint, after, page.limit + 1)
          : (await askTargets(parts, endpoint))
              .filter(({ segmentId }) => after === undefined || segmentId > after)
              .slice(0, page.limit + 1);
      return pageReply(
        call,
        page,
        found,
        ({ segmentId }) => [segmentId],
        ({ segmentId, name, description, count }) => ({ segmentId, name, description, count }),
      );
    },
  });

/** By id. A consumer that calls for its data has no list that could be asked for. */
async function askTargets(parts: ExchangeParts, endpoint: Endpoint) {
  const { destination } = endpoint;
  if (destination?.type !== 'push' || destination.url === null) return [];
  const { url } = destination;
  const segments = await askPeer(parts, endpoint, (signal) => clientOf(parts, endpoint, url, { retries: 0 }).listSegments(signal));
  return segments
    .map(({ id, name, description, count }) => ({ segmentId: id, name, description, count }))
    .toSorted((a, b) => (a.segmentId < b.segmentId ? -1 : 1));
}
