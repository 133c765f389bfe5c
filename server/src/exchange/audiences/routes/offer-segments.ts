import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { offerSegments as putOffersOf } from '../offer-segments.ts';
import { acceptedSchema, readOffers, requirePushProducer, segmentListSchema } from '../segment-list.ts';

/** `POST /v1/endpoint/:endpointId/segments`: a push producer adds to its list; the same id overwrites (exchange.md section 2.4, example E4). */
export const offerSegments = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'offerSegments',
    method: 'POST',
    path: '/v1/endpoint/:endpointId/segments',
    summary: 'Offer segments: adds to the list of a push producer',
    access: { who: 'endpoints', writes: true },
    body: segmentListSchema,
    answer: acceptedSchema,
    handle: async (call) => {
      const endpoint = await requirePushProducer(parts.catalog.read, call);
      const offers = readOffers(call.body);
      return call.change(async (made) => {
        await putOffersOf(made, endpoint, offers, 'add');
        return { status: 201, json: { accepted: offers.length } };
      });
    },
  });
