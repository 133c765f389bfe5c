import { existsSync } from 'node:fs';
import { changeContext } from '../../../access/acting-member.ts';
import { oneAnswer } from '../../../http/answers.ts';
import { type AccountOperation, writing } from '../../../http/operation.ts';
import { refusal } from '../../../kit/refusal.ts';
import { addTask } from '../../../tasks/add-task.ts';
import { batchErrors } from '../batch-errors.ts';
import { type BatchJob, hasEnded, newJobId } from '../batch-job.ts';
import { batchJobSchema } from '../batch-job-schema.ts';
import { batchJobOnWire } from '../batch-job-wire.ts';
import type { BatchParts } from '../batch-parts.ts';
import { jobParameters, ownedJob } from '../owned-job.ts';
import { findUndo, insertBatchJob, moveBatchJob, readBatchJob } from '../store/batch-job-store.ts';

/** `POST /batch-segment-undo?job_id=`: takes back what a job changed and nothing that came later; itself a job, with a report. */
export const undoBatchJob = (parts: BatchParts): AccountOperation => ({
  id: 'undoBatchJob',
  method: 'POST',
  paths: ['/batch-segment-undo'],
  summary: 'Take back what a batch job changed; what something newer has changed since stays',
  access: { ...writing, tokenInQuery: true },
  answer: batchJobSchema,
  parameters: jobParameters,
  async handle(call) {
    const { catalog, clock } = parts;
    const job = await ownedJob(call, catalog.read);
    refuseUndo(parts, job, clock.nowMs());
    const undo = await catalog.change(changeContext(call, 'undoBatchJob'), async (change) => {
      const known = await findUndo(change.db, job.id);
      if (known) throw refusal(batchErrors.cannotUndo, { reason: `The job was undone by the job ${known.job_id}` });
      const made = await insertBatchJob(change, { jobId: newJobId(), memberId: job.member_id, kind: 'undo', undoOf: job.id });
      const begun = { phase: 'validating', start_time: change.nowMs, uploaded_time: change.nowMs };
      await moveBatchJob(change.db, made.id, ['starting'], begun, change.nowMs);
      const subject = { type: 'batch_segment_upload_job', id: made.id };
      await addTask(change, { kind: 'load-batch', memberId: job.member_id, subject });
      return (await readBatchJob(change.db, made.id)) ?? made;
    });
    return oneAnswer('batch_segment_upload_job', batchJobOnWire(undo, clock.nowMs(), undefined), { id: undo.id });
  },
});

/** @throws Refusal batch.notEnded, batch.cannotUndo */
function refuseUndo({ folders }: BatchParts, job: BatchJob, nowMs: number): void {
  if (!hasEnded(job)) throw refusal(batchErrors.notEnded, { phase: job.phase });
  const no = (reason: string) => refusal(batchErrors.cannotUndo, { reason });
  if (job.kind === 'undo') throw no('The job undid another one; upload the file again instead');
  if (job.validate_only === 1) throw no('The job was to validate only and changed nothing');
  if (job.undo_bytes === 0) throw no('The job changed nothing, or was loaded while undo_days was 0');
  if (job.undo_until === null || job.undo_until <= nowMs || !existsSync(folders.of(job.id).before))
    throw no('What the memberships were before is not kept any more (undo_days)');
}
