import { refusal } from '../../../kit/refusal.ts';
import { dropKeys } from '../../calls/exchange-keys.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { dropOffers } from '../../store/audience-store.ts';
import { recordEndpoint, requireEndpointRow } from '../../store/endpoint-store.ts';
import { disableSharesOf } from '../../store/share-links.ts';
import { requireNotBuiltIn } from '../registering-endpoint.ts';

/** `DELETE /v1/endpoints/:endpointId`: only a disabled one; its keys become unknown, its shares disabled (exchange-sharing.md section 2). */
export const deleteEndpoint = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'deleteEndpoint',
    method: 'DELETE',
    path: '/v1/endpoints/:endpointId',
    summary: 'Delete a disabled endpoint',
    access: { who: 'people', writes: true },
    handle: (call) =>
      call.change(async (made) => {
        const row = await requireEndpointRow(made, call.memberId, endpointInPath(call));
        requireNotBuiltIn(row);
        if (row.status !== 'DISABLED')
          throw refusal(exchangeErrors.badState, { fault: `Endpoint ${row.id} is not disabled: only a disabled one can be deleted` });
        // Past jobs go on naming it, so the row stays, without what only a living one needs.
        await made.db
          .updateTable('endpoint')
          .set({ deleted_on: made.nowMs, last_modified: made.nowMs, credentials: null, next_refresh_on: null })
          .where('id', '=', row.id)
          .execute();
        await dropKeys(made, 'endpoint', row.id);
        await dropOffers(made, row.id);
        await disableSharesOf(made, row.id);
        recordEndpoint(made, row, null);
        return { status: 204 };
      }),
  });
