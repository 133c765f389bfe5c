import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { idInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { activeJobOf } from '../../jobs/start-job.ts';
import { deleteShare as removeShare, holdShare } from '../../store/share-store.ts';

/** `DELETE /v1/shares/:shareId`. Past jobs stay. */
export const deleteShare = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'deleteShare',
    method: 'DELETE',
    path: '/v1/shares/:shareId',
    summary: 'Delete a share that has no active job',
    access: { who: 'people', writes: true },
    handle: (call) =>
      call.change(async (made) => {
        const share = await holdShare(made, call.memberId, idInPath(call, 'shareId', 'share'));
        const jobId = await activeJobOf(made.db, share.id);
        if (jobId !== undefined)
          throw refusal(
            exchangeErrors.badState,
            { fault: `Job ${jobId} of this share is active; cancel it or let it end` },
            { details: [{ jobId }] },
          );
        await removeShare(made, share);
        return { status: 204 };
      }),
  });
