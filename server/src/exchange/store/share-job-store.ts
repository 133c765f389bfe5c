import type { CatalogReader, CatalogTransaction } from '../../storage/sql/catalog-schema.ts';
import type { ShareJobFileTable, ShareJobTable } from '../../storage/sql/exchange-schema.ts';
import type { JobStatus } from '../jobs/job-status.ts';

export type ShareJob = Omit<ShareJobTable, 'status'> & { readonly status: JobStatus };

export async function readJob(db: CatalogReader, id: number): Promise<ShareJob | undefined> {
  const row = await db.selectFrom('share_job').selectAll().where('id', '=', id).executeTakeFirst();
  return row as ShareJob | undefined;
}

/** As it is now, until the transaction ends: writing a row holds it on every database. */
export async function holdJob(db: CatalogTransaction, id: number): Promise<ShareJob | undefined> {
  await db
    .updateTable('share_job')
    .set((eb) => ({ status: eb.ref('status') }))
    .where('id', '=', id)
    .execute();
  return readJob(db, id);
}

/** A job's files of one direction, in their order. */
export function jobFiles(db: CatalogReader, job: number, direction: 'in' | 'out'): Promise<ShareJobFileTable[]> {
  return db
    .selectFrom('share_job_file')
    .selectAll()
    .where('job_id', '=', job)
    .where('direction', '=', direction)
    .orderBy('number')
    .execute();
}

/**
 * Changes a job that is in one of the statuses; a new status becomes an event. False where it is in none of them: somebody else
 * moved it, and nothing was changed.
 */
export async function moveJob(
  db: CatalogTransaction,
  id: number,
  from: readonly JobStatus[],
  to: Partial<Omit<ShareJobTable, 'id'>>,
  nowMs: number,
): Promise<boolean> {
  const before = await db.selectFrom('share_job').select('status').where('id', '=', id).executeTakeFirst();
  const moved = await db
    .updateTable('share_job')
    .set({ ...to, last_modified: nowMs })
    .where('id', '=', id)
    .where('status', 'in', from)
    .executeTakeFirst();
  if (moved.numUpdatedRows === 0n) return false;
  if (to.status !== undefined && to.status !== before?.status) await addJobEvent(db, id, nowMs);
  return true;
}

/** Notes where the job is now: its status and its counts. */
export async function addJobEvent(db: CatalogTransaction, id: number, nowMs: number): Promise<void> {
  const job = await db.selectFrom('share_job').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const last = await db
    .selectFrom('share_job_event')
    .select((eb) => eb.fn.max('sequence').as('sequence'))
    .where('job_id', '=', id)
    .executeTakeFirst();
  const { status, rows_received, rows_sent, rows_rejected } = job;
  await db
    .insertInto('share_job_event')
    .values({ job_id: id, sequence: Number(last?.sequence ?? 0) + 1, status, rows_received, rows_sent, rows_rejected, at: nowMs })
    .execute();
}

/** A job's events behind a sequence number, in their order. */
export function jobEvents(db: CatalogReader, job: number, after: number) {
  return db.selectFrom('share_job_event').selectAll().where('job_id', '=', job).where('sequence', '>', after).orderBy('sequence').execute();
}

/** Jobs that have waited too long for an upload or a download. */
export async function lateJobs(db: CatalogReader, nowMs: number): Promise<ShareJob[]> {
  const rows = await db
    .selectFrom('share_job')
    .selectAll()
    .where('status', 'in', ['WAITING_TO_RECIEVE_DATA', 'RECEIVING_DATA', 'READY_FOR_DOWNLOAD', 'SENDING_DATA'])
    .where('waits_until', '<=', nowMs)
    .orderBy('id')
    .execute();
  return rows as ShareJob[];
}
