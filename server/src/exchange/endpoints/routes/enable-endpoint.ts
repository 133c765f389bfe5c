import { refusal } from '../../../kit/refusal.ts';
import { nextRefreshOf } from '../../audiences/refresh-audiences.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { startRefresh } from '../../jobs/start-job.ts';
import { requireEndpointRow, updateEndpoint } from '../../store/endpoint-store.ts';
import { endpointOf } from '../endpoint.ts';
import { endpointOnWire, endpointSchema } from '../endpoint-wire.ts';

/** `POST /v1/endpoints/:endpointId/enable`: back to what it was before it was disabled. A pull producer's list is read again. */
export const enableEndpoint = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'enableEndpoint',
    method: 'POST',
    path: '/v1/endpoints/:endpointId/enable',
    summary: 'Enable a disabled endpoint',
    access: { who: 'people', writes: true },
    answer: endpointSchema,
    repeatable: true,
    handle: (call) =>
      call.change(async (made) => {
        const before = await requireEndpointRow(made, call.memberId, endpointInPath(call));
        if (before.status !== 'DISABLED') throw refusal(exchangeErrors.badState, { fault: `Endpoint ${before.id} is not disabled` });
        const status = before.former_status ?? 'PENDING';
        const refreshOn = status === 'ACTIVE' ? nextRefreshOf(endpointOf(before), made.nowMs) : null;
        const after = await updateEndpoint(made, before, { status, former_status: null, next_refresh_on: refreshOn });
        if (refreshOn !== null) await startRefresh(made, call.memberId, after.id);
        return { status: 200, json: endpointOnWire(endpointOf(after)) };
      }),
  });
