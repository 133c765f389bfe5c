import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { mostItems, pageReply, readPage } from '../../calls/paged.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { listOffered } from '../../store/audience-store.ts';
import { offeredSegmentSchema, offerOnWire, requirePushProducer } from '../segment-list.ts';

/** `GET /v1/endpoint/:endpointId/segments`: what a push producer offers (exchange.md section 2.4). */
export const listOfferedSegments = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listOfferedSegments',
    method: 'GET',
    path: '/v1/endpoint/:endpointId/segments',
    summary: 'Segments that a push producer offers',
    access: { who: 'endpoints', writes: false },
    parameters: [
      { name: 'limit', description: `At most so many: 1 to ${mostItems}, which is the default` },
      { name: 'cursor', description: 'Where a page begins, as the Link of the page before says' },
    ],
    answer: Type.Array(offeredSegmentSchema),
    handle: async (call) => {
      const endpoint = await requirePushProducer(parts.catalog.read, call);
      const page = readPage(call, ['string'], mostItems);
      const after = page.after === undefined ? undefined : String(page.after[0]);
      const rows = await listOffered(parts.catalog.read, endpoint.id, after, page.limit + 1);
      return pageReply(
        call,
        page,
        rows,
        ({ segment_id }) => [segment_id],
        (row) => offerOnWire(row, endpoint),
      );
    },
  });
