import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath } from '../../calls/path-parts.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpoint } from '../../store/endpoint-store.ts';
import { endpointOnWire, endpointSchema } from '../endpoint-wire.ts';

/** `GET /v1/endpoints/:endpointId` (exchange-sharing.md section 2). */
export const readEndpoint = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'readEndpoint',
    method: 'GET',
    path: '/v1/endpoints/:endpointId',
    summary: 'One endpoint',
    access: { who: 'people', writes: false },
    answer: endpointSchema,
    handle: async (call) => ({
      status: 200,
      json: endpointOnWire(await requireEndpoint(parts.catalog.read, call.memberId, endpointInPath(call))),
    }),
  });
