import { refusal } from '../../../kit/refusal.ts';
import { shortened } from '../../../http/parameters.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { segmentInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { withdrawSegments } from '../offer-segments.ts';
import { requirePushProducer } from '../segment-list.ts';

/** `DELETE /v1/endpoint/:endpointId/segments/:segmentId` (exchange.md section 2.4). */
export const withdrawSegment = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'withdrawSegment',
    method: 'DELETE',
    path: '/v1/endpoint/:endpointId/segments/:segmentId',
    summary: 'Take one segment off the list of a push producer',
    access: { who: 'endpoints', writes: true },
    handle: async (call) => {
      const endpoint = await requirePushProducer(parts.catalog.read, call);
      const id = segmentInPath(call);
      return call.change(async (made) => {
        if ((await withdrawSegments(made, endpoint, id)) === 0)
          throw refusal(exchangeErrors.notFound, { object: 'segment', id: shortened(id) });
        return { status: 204 };
      });
    },
  });
