import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpointRow } from '../../store/endpoint-store.ts';
import { endpointDefinitionSchema } from '../definition-schema.ts';
import { registeredSchema } from '../endpoint-wire.ts';
import { readDefinition } from '../read-definition.ts';
import { registerEndpoint } from '../register-endpoint.ts';
import { endpointParameter, registeringEndpoint, requireNotBuiltIn } from '../registering-endpoint.ts';

/** `PUT /v1/endpoint`: an endpoint's software registers it, or says anew what it is (exchange.md section 2.3, examples E1 and E2). */
export const putEndpoint = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'putEndpoint',
    method: 'PUT',
    path: '/v1/endpoint',
    summary: 'Register an endpoint with its key, or change what it registered',
    access: { who: 'registration', writes: true },
    parameters: [endpointParameter],
    body: endpointDefinitionSchema,
    answer: registeredSchema,
    handle: (call) => {
      const endpoint = registeringEndpoint(call);
      const registration = readDefinition(call.body, parts.peers.rule);
      return call.change(async (made) => {
        const before = await requireEndpointRow(made, call.memberId, endpoint);
        requireNotBuiltIn(before);
        return { status: 200, json: await registerEndpoint(made, before, registration) };
      });
    },
  });
