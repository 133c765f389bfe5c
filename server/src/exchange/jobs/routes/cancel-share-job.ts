import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { jobEvents, readJob } from '../../store/share-job-store.ts';
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
      const { read: db } = parts.catalog;
      const job = await ownedJob(db, call, call.path.job);
      if (job.status !== 'CANCELED') {
        let task: number | null = null;
        await call.change(async (change) => {
          const now = await readJob(change.db, job.id);
          if (!now || !mayCancel(now)) throw refusal(exchangeErrors.badState, { fault: `Job ${job.id} is ${now?.status ?? 'gone'}.` });
          task = await cancelJob(change, now);
          return { status: 200 };
        });
        parts.running.interrupt(job.id);
        if (task !== null) parts.tellCanceled(task);
      }
      const canceled = (await readJob(db, job.id)) ?? job;
      await clearJob(parts, canceled);
      const timeline = timelineOnWire(await jobEvents(db, job.id, 0));
      return { status: 200, json: { ...(await shareJobOnWire(db, canceled)), timeline } };
    },
  });
