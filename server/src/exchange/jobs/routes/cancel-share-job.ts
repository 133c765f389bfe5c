import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { holdJob, jobEvents, readJob, type ShareJob } from '../../store/share-job-store.ts';
import { cancelJob, mayCancel } from '../cancel-job.ts';
import { clearJob } from '../clear-job.ts';
import { ownedJob } from '../owned-job.ts';
import { shareJobOnWire, timelineOnWire } from '../share-job-wire.ts';

/** `POST /v1/share-jobs/{jobId}/cancel` (exchange-sharing.md section 7). */
export const cancelShareJob = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'cancelShareJob',
    method: 'POST',
    path: '/v1/share-jobs/:job/cancel',
    summary: 'Cancel a job: nothing more is asked, sent or taken',
    access: { who: 'people', writes: true },
    repeatable: true,
    async handle(call) {
      const { id } = await ownedJob(parts.catalog.read, call, call.path.job);
      let canceled: ShareJob | undefined;
      let task: number | null = null;
      const reply = await call.change(async (change) => {
        const job = await holdJob(change.db, id);
        if (!job || (job.status !== 'CANCELED' && !mayCancel(job)))
          throw refusal(exchangeErrors.badState, { fault: `Job ${id} is ${job?.status ?? 'gone'}.` });
        if (job.status !== 'CANCELED') task = await cancelJob(change, job);
        canceled = await readJob(change.db, id);
        const timeline = timelineOnWire(await jobEvents(change.db, id, 0));
        return { status: 200, json: { ...(await shareJobOnWire(change.db, canceled ?? job)), timeline } };
      });
      parts.running.interrupt(id);
      if (task !== null) parts.tellCanceled(task);
      // An upload that is being kept comes first; what comes after it sees that the job has ended.
      if (canceled) await parts.running.turns.inTurn(id, clearing(parts, canceled));
      return reply;
    },
  });

const clearing = (parts: ExchangeParts, job: ShareJob) => () => clearJob(parts, job);
