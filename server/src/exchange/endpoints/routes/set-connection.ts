import { Type } from 'typebox';
import { requireReach } from '../../calls/exchange-caller.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { callerOfKey } from '../../calls/exchange-keys.ts';
import { refusal } from '../../../kit/refusal.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpointRow, updateEndpoint } from '../../store/endpoint-store.ts';
import { startConnecting } from '../connect-endpoint.ts';
import { readConnection, sealConnection } from '../connection.ts';
import { connectionSchema } from '../definition-schema.ts';

const answer = Type.Object({ endpointId: Type.Integer(), authType: Type.Union([Type.String(), Type.Null()]) });

/**
 * `PUT /v1/endpointattributes/authkey/:key`: how the exchange names itself when it calls this endpoint (exchange.md example E3). The key stands
 * in the path and in the header. Values that a direct connection has waited for are tried at once.
 */
export const setConnection = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'setConnection',
    method: 'PUT',
    path: '/v1/endpointattributes/authkey/:key',
    summary: 'Set the connection values with which the exchange calls an endpoint',
    access: { who: 'registration', writes: true },
    body: connectionSchema,
    answer,
    handle: async ({ caller, memberId, path, body, change }) => {
      const owner = await callerOfKey(parts.catalog.read, path['key'] ?? '', parts.clock.nowMs());
      if (caller.kind !== 'endpoint-key' || owner?.kind !== 'endpoint-key')
        throw refusal(exchangeErrors.scope, {
          fault: "Connection values are set with the endpoint's own key, in the path and in Authorization",
        });
      requireReach(caller, owner.endpointId);
      const auth = readConnection(body, 'attributes');
      let connects = false;
      const reply = await change(async (made) => {
        const before = await requireEndpointRow(made, memberId, caller.endpointId);
        connects = before.status === 'PENDING' && before.connect_type === 'DIRECTCONNECT' && before.definition !== null;
        const after = await updateEndpoint(made, before, sealConnection(parts, before.id, auth));
        return { status: 200, json: { endpointId: after.id, authType: after.auth_type } };
      });
      if (connects) startConnecting(parts, caller.endpointId);
      return reply;
    },
  });
