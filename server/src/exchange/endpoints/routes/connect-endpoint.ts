import { Type } from 'typebox';
import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpointRow, updateEndpoint } from '../../store/endpoint-store.ts';
import { startConnecting } from '../connect-endpoint.ts';
import { readConnection, sealConnection } from '../connection.ts';
import { connectionSchema } from '../definition-schema.ts';
import { endpointOf } from '../endpoint.ts';
import { endpointOnWire, endpointSchema } from '../endpoint-wire.ts';
import { calledUrls } from '../read-definition.ts';
import { requireNotBuiltIn } from '../registering-endpoint.ts';

const body = Type.Object({ connection: Type.Optional(connectionSchema) });

/** `POST /v1/endpoints/:endpointId/connect`: the connection is checked again, with new values where some are given. */
export const connectEndpoint = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'connectEndpoint',
    method: 'POST',
    path: '/v1/endpoints/:endpointId/connect',
    summary: 'Check the connection to an endpoint again; the outcome is seen on the endpoint',
    access: { who: 'people', writes: true },
    body,
    bodyOptional: true,
    answer: endpointSchema,
    repeatable: true,
    handle: async (call) => {
      const id = endpointInPath(call);
      const { connection } = call.body;
      const auth = connection && readConnection(connection, 'connection.attributes');
      const reply = await call.change(async (made) => {
        const before = await requireEndpointRow(made, call.memberId, id);
        requireNotBuiltIn(before);
        if (before.status === 'DISABLED') throw refusal(exchangeErrors.badState, { fault: `Endpoint ${id} is disabled; enable it first` });
        if (calledUrls(endpointOf(before)).length === 0)
          throw refusal(exchangeErrors.badState, { fault: `Endpoint ${id} is not called: there is no connection to check` });
        const after = await updateEndpoint(made, before, { last_error: null, ...(auth ? sealConnection(parts, id, auth) : {}) });
        return { status: 202, json: endpointOnWire(endpointOf(after)) };
      });
      startConnecting(parts, id);
      return reply;
    },
  });
