import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { TaskTable } from '../../storage/sql/catalog-schema.ts';
import { cancelTaskOf } from '../../tasks/cancel-task-of.ts';
import { type BatchJob, canceledJob, failed } from './batch-job.ts';
import { moveBatchJob, readBatchJob } from './store/batch-job-store.ts';

const canceledUpload = { ...canceledJob, code: 'uploading-error', text: 'canceled' } as const;
const phases = ['starting', 'uploading', 'validating', 'processing'] as const;

/** Ends a job and the task that loads it, in one change. Answers the task, which is to be told; null where there is none. */
export async function cancelBatch(change: CatalogChange, job: BatchJob, auditMember: number): Promise<number | null> {
  await endJob(change, job);
  return cancelTaskOf(change, 'load-batch', job.id, auditMember);
}

async function endJob(change: CatalogChange, job: BatchJob): Promise<void> {
  const early = job.phase === 'starting' || job.phase === 'uploading';
  await moveBatchJob(change.db, job.id, phases, failed(early ? canceledUpload : canceledJob), change.nowMs);
  change.record({
    objectType: 'batch_segment_upload_job',
    objectId: job.id,
    memberId: job.member_id,
    before: { phase: job.phase },
    after: { phase: 'error' },
  });
}

/** A person moves the task of a job: its job goes with it (`updateTask`). */
export async function followTask(change: CatalogChange, task: TaskTable, state: 'canceled' | 'waiting'): Promise<void> {
  if (task.kind !== 'load-batch' || task.subject_id === null) return;
  const job = await readBatchJob(change.db, task.subject_id);
  if (!job) return;
  if (state === 'canceled') await endJob(change, job);
  else if (job.phase === 'error' && job.uploaded_time !== null && job.files_until !== null)
    await moveBatchJob(change.db, job.id, ['error'], { phase: 'validating', error_code: null, error: null }, change.nowMs);
}
