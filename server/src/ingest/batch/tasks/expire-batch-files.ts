import { rm } from 'node:fs/promises';
import type { CatalogReader } from '../../../storage/sql/catalog-schema.ts';
import type { BatchJob } from '../batch-job.ts';
import type { JobFolders } from '../job-folder.ts';
import { batchJobsWithOldFiles } from '../store/batch-job-store.ts';

const jobsPerRun = 100;

/** Takes away files of jobs whose time is over: what names users must not outlive it. What is needed to undo a job stays until then. */
export async function expireBatchFiles(db: CatalogReader, folders: JobFolders, nowMs: number): Promise<void> {
  for (;;) {
    const jobs = await batchJobsWithOldFiles(db, nowMs, jobsPerRun);
    for (const job of jobs) await expireOne(db, folders, job, nowMs);
    if (jobs.length < jobsPerRun) return;
  }
}

async function expireOne(db: CatalogReader, folders: JobFolders, job: BatchJob, nowMs: number): Promise<void> {
  const folder = folders.of(job.id);
  const undoable = job.undo_until !== null && job.undo_until > nowMs;
  if (undoable) for (const file of [folder.upload, folder.rejects, folder.repeats]) await rm(file, { force: true });
  else await folder.remove();
  const until = undoable ? job.undo_until : null;
  await db.updateTable('batch_segment_job').set({ files_until: until }).where('id', '=', job.id).execute();
}
