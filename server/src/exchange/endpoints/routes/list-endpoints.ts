import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { invalidFields } from '../../calls/read-exchange-body.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { listEndpoints as readEndpoints } from '../../store/endpoint-store.ts';
import { endpointOnWire, endpointSchema } from '../endpoint-wire.ts';

const kinds = ['custom', 'application', 'internal'];
const statuses = ['PENDING', 'ACTIVE', 'DISABLED'];

/** `GET /v1/endpoints` (exchange-sharing.md section 2). */
export const listEndpoints = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listEndpoints',
    method: 'GET',
    path: '/v1/endpoints',
    summary: 'Endpoints of the member',
    access: { who: 'people', writes: false },
    parameters: [
      { name: 'kind', description: `One of ${kinds.join(', ')}` },
      { name: 'status', description: `One of ${statuses.join(', ')}` },
      ...pageParameters,
    ],
    answer: Type.Array(endpointSchema),
    handle: async (call) => {
      const kind = oneOf(kinds, 'kind', call.parameters.text('kind'));
      const status = oneOf(statuses, 'status', call.parameters.text('status'));
      const page = readPage(call, ['number']);
      const endpoints = await readEndpoints(parts.catalog.read, call.memberId, { kind, status, page });
      return pageReply(call, page, endpoints, ({ id }) => [id], endpointOnWire);
    },
  });

function oneOf(values: readonly string[], field: string, value: string | undefined): string | undefined {
  if (value === undefined || values.includes(value)) return value;
  throw invalidFields([{ field, message: `must be one of ${values.join(', ')}` }]);
}
