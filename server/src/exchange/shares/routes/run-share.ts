import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { idInPath } from '../../calls/path-parts.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { activeJobOf, startJob } from '../../jobs/start-job.ts';
import { holdShare } from '../../store/share-store.ts';
import { startedJobAnswer } from '../share-schema.ts';

/** `POST /v1/shares/:shareId/run`: once, beside its schedule. */
export const runShare = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'runShare',
    method: 'POST',
    path: '/v1/shares/:shareId/run',
    summary: 'Run a share now',
    access: { who: 'people', writes: true },
    answer: startedJobAnswer,
    repeatable: true,
    handle: (call) =>
      call.change(async (made) => {
        const share = await holdShare(made, call.memberId, idInPath(call, 'shareId', 'share'));
        if (!share.enabled) throw refusal(exchangeErrors.badState, { fault: `Share ${share.id} is disabled; enable it first` });
        const active = await activeJobOf(made.db, share.id);
        if (active !== undefined)
          throw refusal(
            exchangeErrors.badState,
            { fault: `Job ${active} of this share is active; a share runs once at a time` },
            { details: [{ jobId: active }] },
          );
        const { jobId, status } = await startJob(made, share, false);
        made.record({
          objectType: 'share_job',
          objectId: jobId,
          memberId: share.memberId,
          before: null,
          after: { share_id: share.id, status },
        });
        return { status: 202, json: { jobId, shareId: share.id, status } };
      }),
  });
