import { changeContext } from '../../../access/acting-member.ts';
import { oneAnswer } from '../../../http/answers.ts';
import { type AccountOperation, writing } from '../../../http/operation.ts';
import { refusal } from '../../../kit/refusal.ts';
import { batchErrors } from '../batch-errors.ts';
import { cancelBatch } from '../cancel-batch.ts';
import { hasEnded } from '../batch-job.ts';
import { batchJobSchema } from '../batch-job-schema.ts';
import { batchJobOnWire } from '../batch-job-wire.ts';
import type { BatchParts } from '../batch-parts.ts';
import { jobParameters, ownedJob } from '../owned-job.ts';
import { readBatchJob } from '../store/batch-job-store.ts';

/** `POST /batch-segment-cancel?job_id=`: ends a job in whatever phase it is; what was written stays and can be undone. */
export const cancelBatchJob = (parts: BatchParts, onCanceled: (task: number) => void): AccountOperation => ({
  id: 'cancelBatchJob',
  method: 'POST',
  paths: ['/batch-segment-cancel'],
  summary: 'End a batch job before its time; what it has written stays and can be undone',
  access: { ...writing, tokenInQuery: true },
  answer: batchJobSchema,
  parameters: jobParameters,
  async handle(call) {
    const { catalog, clock, running } = parts;
    const job = await ownedJob(call, catalog.read);
    const task = await catalog.change(changeContext(call, 'cancelBatchJob'), async (change) => {
      const before = await readBatchJob(change.db, job.id);
      if (!before || hasEnded(before)) throw refusal(batchErrors.ended, { phase: before?.phase ?? 'gone' });
      return cancelBatch(change, before, call.caller.memberId);
    });
    if (task !== null) onCanceled(task);
    running.followers.changed(job.id);
    const after = (await readBatchJob(catalog.read, job.id)) ?? job;
    return oneAnswer('batch_segment_upload_job', batchJobOnWire(after, clock.nowMs(), undefined), { id: after.id });
  },
});
