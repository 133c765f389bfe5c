import type { ListQuery } from '../../../kit/list-query.ts';
import type { CatalogChange } from '../../../storage/sql/catalog-change.ts';
import type { BatchSegmentJobTable, CatalogReader } from '../../../storage/sql/catalog-schema.ts';
import { listRows } from '../../../storage/sql/list-rows.ts';
import { type BatchJob, type BatchJobKind, failed, lateUpload, listedMs, noCounts, urlLifeMs } from '../batch-job.ts';
import { batchJobFields } from '../batch-job-wire.ts';

/** Jobs in these phases have a file, or are about to. */
const underWay = ['uploading', 'validating', 'processing'];

export interface NewBatchJob {
  readonly jobId: string;
  readonly memberId: number;
  readonly kind: BatchJobKind;
  readonly validateOnly?: boolean;
  readonly idempotencyKey?: string | null;
  readonly fileName?: string;
  readonly undoOf?: number;
}

/** Adds a job in the phase `starting`. */
export async function insertBatchJob(change: CatalogChange, job: NewBatchJob): Promise<BatchJob> {
  const id = await change.newIds('batch_segment_job');
  const row: BatchSegmentJobTable = {
    id,
    job_id: job.jobId,
    member_id: job.memberId,
    kind: job.kind,
    phase: 'starting',
    error_code: null,
    error: null,
    created_on: change.nowMs,
    last_modified: change.nowMs,
    start_time: null,
    uploaded_time: null,
    validated_time: null,
    completed_time: null,
    percent_complete: 0,
    bytes: null,
    num_lines: null,
    error_log_lines: null,
    segment_log_lines: null,
    validate_only: Number(job.validateOnly === true),
    idempotency_key: job.idempotencyKey ?? null,
    file_name: job.fileName ?? null,
    undo_of: job.undoOf ?? null,
    undo_until: null,
    undo_bytes: 0,
    files_until: null,
    ...noCounts(),
  };
  await change.db.insertInto('batch_segment_job').values(row).execute();
  change.record({
    objectType: 'batch_segment_upload_job',
    objectId: id,
    memberId: job.memberId,
    before: null,
    after: { job_id: row.job_id, kind: row.kind, validate_only: row.validate_only, undo_of: row.undo_of },
  });
  return row;
}

export function readBatchJob(db: CatalogReader, id: number): Promise<BatchJob | undefined> {
  return db.selectFrom('batch_segment_job').selectAll().where('id', '=', id).executeTakeFirst();
}

/** By the alphanumeric id that clients are told. */
export function findBatchJob(db: CatalogReader, jobId: string): Promise<BatchJob | undefined> {
  return db.selectFrom('batch_segment_job').selectAll().where('job_id', '=', jobId).executeTakeFirst();
}

export function findByIdempotencyKey(db: CatalogReader, member: number, key: string): Promise<BatchJob | undefined> {
  return db
    .selectFrom('batch_segment_job')
    .selectAll()
    .where('member_id', '=', member)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
}

/** The job that undoes this one and has not failed. */
export function findUndo(db: CatalogReader, id: number): Promise<BatchJob | undefined> {
  return db.selectFrom('batch_segment_job').selectAll().where('undo_of', '=', id).where('phase', '!=', 'error').executeTakeFirst();
}

/** A member's jobs of the last 30 days; null: everybody's. */
export function listBatchJobs(db: CatalogReader, member: number | null, query: ListQuery, nowMs: number) {
  const all = db
    .selectFrom('batch_segment_job')
    .selectAll()
    .where('created_on', '>', nowMs - listedMs);
  return listRows(member === null ? all : all.where('member_id', '=', member), batchJobFields, query);
}

/** Jobs of a member that are being uploaded, wait or run. */
export async function countUnderWay(db: CatalogReader, member: number): Promise<number> {
  const { count } = await db
    .selectFrom('batch_segment_job')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('member_id', '=', member)
    .where('phase', 'in', underWay)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What a member's accepted uploads sum up to since a time. */
export async function uploadedSince(db: CatalogReader, member: number, sinceMs: number): Promise<{ bytes: number; lines: number }> {
  const sum = await db
    .selectFrom('batch_segment_job')
    .select((eb) => [eb.fn.sum<number | null>('bytes').as('bytes'), eb.fn.sum<number | null>('num_lines').as('lines')])
    .where('member_id', '=', member)
    .where('uploaded_time', '>=', sinceMs)
    .executeTakeFirstOrThrow();
  return { bytes: Number(sum.bytes ?? 0), lines: Number(sum.lines ?? 0) };
}

/** Changes a job that has not ended, if it is in one of the phases. False where it is not: somebody else moved it. */
export async function moveBatchJob(
  db: CatalogReader,
  id: number,
  from: readonly string[],
  to: Partial<Omit<BatchSegmentJobTable, 'id'>>,
  nowMs: number,
): Promise<boolean> {
  const moved = await db
    .updateTable('batch_segment_job')
    .set({ ...to, last_modified: nowMs })
    .where('id', '=', id)
    .where('phase', 'in', from)
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** URLs that nobody used in time. */
export async function failLateUploads(db: CatalogReader, nowMs: number): Promise<void> {
  await db
    .updateTable('batch_segment_job')
    .set({ ...failed(lateUpload), last_modified: nowMs })
    .where('phase', '=', 'starting')
    .where('created_on', '<=', nowMs - urlLifeMs)
    .execute();
}

/** Jobs in a phase, oldest first. */
export function batchJobsIn(db: CatalogReader, phase: string): Promise<BatchJob[]> {
  return db.selectFrom('batch_segment_job').selectAll().where('phase', '=', phase).orderBy('id').execute();
}

/** Jobs whose files have had their time. */
export function batchJobsWithOldFiles(db: CatalogReader, nowMs: number, limit: number): Promise<BatchJob[]> {
  return db
    .selectFrom('batch_segment_job')
    .selectAll()
    .where('files_until', '<=', nowMs)
    .where('phase', 'in', ['completed', 'error'])
    .orderBy('id')
    .limit(limit)
    .execute();
}
