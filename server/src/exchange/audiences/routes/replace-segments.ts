import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { offerSegments } from '../offer-segments.ts';
import { acceptedSchema, readOffers, requirePushProducer, segmentListSchema } from '../segment-list.ts';

/** `PUT /v1/endpoint/:endpointId/segments`: this is a push producer's whole list from now on (exchange.md section 2.4). */
export const replaceSegments = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'replaceSegments',
    method: 'PUT',
    path: '/v1/endpoint/:endpointId/segments',
    summary: 'Replace the list of segments of a push producer',
    access: { who: 'endpoints', writes: true },
    body: segmentListSchema,
    answer: acceptedSchema,
    handle: async (call) => {
      const endpoint = await requirePushProducer(parts.catalog.read, call);
      const offers = readOffers(call.body);
      return call.change(async (made) => {
        await offerSegments(made, endpoint, offers, 'replace');
        return { status: 200, json: { accepted: offers.length } };
      });
    },
  });
