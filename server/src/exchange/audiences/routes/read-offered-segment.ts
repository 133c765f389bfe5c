import { refusal } from '../../../kit/refusal.ts';
import { shortened } from '../../../http/parameters.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { segmentInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { readOffered } from '../../store/audience-store.ts';
import { offeredSegmentSchema, offerOnWire, requirePushProducer } from '../segment-list.ts';

/** `GET /v1/endpoint/:endpointId/segments/:segmentId` (exchange.md section 2.4). */
export const readOfferedSegment = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'readOfferedSegment',
    method: 'GET',
    path: '/v1/endpoint/:endpointId/segments/:segmentId',
    summary: 'One segment that a push producer offers',
    access: { who: 'endpoints', writes: false },
    answer: offeredSegmentSchema,
    handle: async (call) => {
      const endpoint = await requirePushProducer(parts.catalog.read, call);
      const id = segmentInPath(call);
      const row = await readOffered(parts.catalog.read, endpoint.id, id);
      if (!row) throw refusal(exchangeErrors.notFound, { object: 'segment', id: shortened(id) });
      return { status: 200, json: offerOnWire(row, endpoint) };
    },
  });
