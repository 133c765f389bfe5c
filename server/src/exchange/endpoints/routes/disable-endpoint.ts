import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpointRow, updateEndpoint } from '../../store/endpoint-store.ts';
import { endpointOf } from '../endpoint.ts';
import { endpointOnWire, endpointSchema } from '../endpoint-wire.ts';
import { requireNotBuiltIn } from '../registering-endpoint.ts';

/** `POST /v1/endpoints/:endpointId/disable`: its keys are refused, no run begins with it; a run that is under way ends (exchange.md section 6). */
export const disableEndpoint = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'disableEndpoint',
    method: 'POST',
    path: '/v1/endpoints/:endpointId/disable',
    summary: 'Disable an endpoint',
    access: { who: 'people', writes: true },
    answer: endpointSchema,
    repeatable: true,
    handle: (call) =>
      call.change(async (made) => {
        const before = await requireEndpointRow(made, call.memberId, endpointInPath(call));
        requireNotBuiltIn(before);
        if (before.status === 'DISABLED') throw refusal(exchangeErrors.badState, { fault: `Endpoint ${before.id} is disabled already` });
        const after = await updateEndpoint(made, before, { status: 'DISABLED', former_status: before.status, next_refresh_on: null });
        return { status: 200, json: endpointOnWire(endpointOf(after)) };
      }),
  });
