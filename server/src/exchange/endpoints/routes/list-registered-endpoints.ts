import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { invalidFields } from '../../calls/read-exchange-body.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { listEndpoints } from '../../store/endpoint-store.ts';
import type { Endpoint } from '../endpoint.ts';

const properties = [
  'endpointId',
  'status',
  'name',
  'providerName',
  'description',
  'url',
  'hashAlgorithm',
  'endpointTypes',
  'marketingDatabasesDefinition',
] as const;

const answer = Type.Array(
  Type.Object({ endpointId: Type.Optional(Type.Integer()), status: Type.Optional(Type.String()) }, { additionalProperties: true }),
);

/** `GET /v1/endpoint`: the member's endpoints as they were registered (exchange.md section 2.3). */
export const listRegisteredEndpoints = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listRegisteredEndpoints',
    method: 'GET',
    path: '/v1/endpoint',
    summary: 'All endpoints of the member, as they were registered',
    access: { who: 'people', writes: false },
    parameters: [
      { name: 'endpointId', description: 'This one alone' },
      { name: 'properties', description: `Only these, by comma: ${properties.join(', ')}` },
      ...pageParameters,
    ],
    answer,
    handle: async (call) => {
      const { parameters, memberId } = call;
      const wanted = readProperties(parameters.text('properties'));
      const page = readPage(call, ['number']);
      const only = parameters.id('endpointId');
      const endpoints = await listEndpoints(parts.catalog.read, memberId, { only, page });
      return pageReply(
        call,
        page,
        endpoints,
        ({ id }) => [id],
        (endpoint) => Object.fromEntries(Object.entries(asRegistered(endpoint)).filter(([name]) => wanted.has(name))),
      );
    },
  });

function readProperties(text: string | undefined): ReadonlySet<string> {
  if (text === undefined) return new Set(properties);
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(properties as readonly string[]).includes(name));
  if (unknown !== undefined) throw invalidFields([{ field: 'properties', message: `must be of ${properties.join(', ')}` }]);
  return new Set(names);
}

const asRegistered = ({ id, name, status, providerName, description, definition }: Endpoint) => ({
  endpointId: id,
  status,
  name,
  providerName,
  description,
  ...(definition as object | null),
});
