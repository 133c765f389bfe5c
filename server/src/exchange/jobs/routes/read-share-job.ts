import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { jobEvents } from '../../store/share-job-store.ts';
import { ownedJob } from '../owned-job.ts';
import { shareJobOnWire, timelineOnWire } from '../share-job-wire.ts';

/** `GET /v1/share-jobs/{jobId}`: a job for people, with its timeline (exchange-sharing.md section 6). */
export const readShareJob = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'readShareJob',
    method: 'GET',
    path: '/v1/share-jobs/:job',
    summary: 'Read a job and its timeline',
    access: { who: 'people', writes: false },
    async handle(call) {
      const { read: db } = parts.catalog;
      const job = await ownedJob(db, call, call.path.job);
      const timeline = timelineOnWire(await jobEvents(db, job.id, 0));
      return { status: 200, json: { ...(await shareJobOnWire(db, job)), timeline } };
    },
  });
