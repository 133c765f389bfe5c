import type { CatalogChange } from '../../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../../storage/sql/catalog-schema.ts';
import type { BatchJob } from '../batch-job.ts';
import { dropKeys } from '../drop/submitted-file.ts';
import { insertBatchJob, moveBatchJob, readBatchJob } from './batch-job-store.ts';

export interface NewDropJob {
  readonly jobId: string;
  readonly memberId: number;
  readonly fileName: string;
  /** `dropKey` of the file. */
  readonly key: string;
}

/** Adds a job whose file is being taken from a drop folder. */
export async function insertDropJob(change: CatalogChange, { key, ...job }: NewDropJob): Promise<BatchJob> {
  const made = await insertBatchJob(change, { ...job, kind: 'drop', idempotencyKey: key });
  await moveBatchJob(change.db, made.id, ['starting'], { phase: 'uploading', start_time: change.nowMs }, change.nowMs);
  return (await readBatchJob(change.db, made.id)) ?? made;
}

/** Jobs of a member that hold a file in its `submitted/`: it is being taken, is loaded, or is still to be moved away. */
export function openDropJobs(db: CatalogReader, member: number): Promise<BatchJob[]> {
  return db
    .selectFrom('batch_segment_job')
    .selectAll()
    .where('member_id', '=', member)
    .where('idempotency_key', '>=', dropKeys.from)
    .where('idempotency_key', '<', dropKeys.below)
    .execute();
}

/** The job's file has been moved away: the same file can be dropped again. */
export async function releaseDropFile(db: CatalogReader, id: number): Promise<void> {
  await db.updateTable('batch_segment_job').set({ idempotency_key: null }).where('id', '=', id).where('kind', '=', 'drop').execute();
}
