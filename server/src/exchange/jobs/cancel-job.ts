import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { TaskTable } from '../../storage/sql/catalog-schema.ts';
import { cancelTaskOf } from '../../tasks/cancel-task-of.ts';
import { holdJob, type ShareJob } from '../store/share-job-store.ts';
import { endJob } from './end-job.ts';
import { hasEnded } from './job-status.ts';
import { checkpointOf } from './stage.ts';

/** Not once it has ended, nor while a replacement is being shown. */
export const mayCancel = (job: ShareJob): boolean => !hasEnded(job.status) && checkpointOf(job).applied !== true;

/** Ends a job and the task that does it, in one change. Answers the task, which is to be told; null where there is none. */
export async function cancelJob(change: CatalogChange, job: ShareJob): Promise<number | null> {
  await endJob(change, job, { status: 'CANCELED' });
  return cancelTaskOf(change, 'run-share', job.id, job.member_id);
}

/** A person cancels the task of a job: its job goes with it (`updateTask`). */
export async function followShareTask(change: CatalogChange, task: TaskTable, state: 'canceled' | 'waiting'): Promise<void> {
  if (task.kind !== 'run-share' || task.subject_id === null || state !== 'canceled') return;
  const job = await holdJob(change.db, task.subject_id);
  if (job && mayCancel(job)) await endJob(change, job, { status: 'CANCELED' });
}
