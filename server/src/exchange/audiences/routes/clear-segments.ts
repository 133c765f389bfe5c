import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { withdrawSegments } from '../offer-segments.ts';
import { requirePushProducer } from '../segment-list.ts';

/** `DELETE /v1/endpoint/:endpointId/segments`: a push producer offers nothing any more (exchange.md section 2.4). */
export const clearSegments = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'clearSegments',
    method: 'DELETE',
    path: '/v1/endpoint/:endpointId/segments',
    summary: 'Clear the list of segments of a push producer',
    access: { who: 'endpoints', writes: true },
    handle: async (call) => {
      const endpoint = await requirePushProducer(parts.catalog.read, call);
      return call.change(async (made) => {
        await withdrawSegments(made, endpoint);
        return { status: 204 };
      });
    },
  });
