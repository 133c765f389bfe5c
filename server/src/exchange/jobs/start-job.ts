import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ShareJobTable } from '../../storage/sql/exchange-schema.ts';
import type { Share } from '../shares/share.ts';
import { addTask } from '../../tasks/add-task.ts';
import type { JobPlan } from './job-plan.ts';
import type { JobStatus } from './job-status.ts';

/** A job of a share that has not ended; undefined: none. */
export async function activeJobOf(db: CatalogReader, share: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('share_job')
    .select('id')
    .where('share_id', '=', share)
    .where('status', 'not in', ['COMPLETE', 'FAILED', 'CANCELED'])
    .executeTakeFirst();
  return row?.id;
}

/** Begins a run of a share: a job in CREATED and the task that does it, in one transaction with what caused it. The job keeps the share as it is now. */
export async function startJob(change: CatalogChange, share: Share, scheduled: boolean): Promise<{ jobId: number; status: JobStatus }> {
  const jobId = await change.newIds('share_job');
  const row = newJobRow(jobId, share.memberId, change.nowMs, {
    category: 'SEGMENT_EXPORT',
    share_id: share.id,
    scheduled: Number(scheduled),
    source_endpoint_id: share.source.endpointId,
    source_segment_id: share.source.segmentId,
    destination_endpoint_id: share.destination.endpointId,
    destination_segment_id: share.destination.segmentId,
    share_action: share.shareAction,
    plan: JSON.stringify({ share, prepared: null } satisfies JobPlan),
  });
  await insertJob(change, row);
  await change.db.updateTable('share').set({ last_job_id: jobId }).where('id', '=', share.id).execute();
  return { jobId, status: 'CREATED' };
}

/** Reads a source's list of audiences again: `SEGMENT_POPULATE_DB`. One that is under way is the answer. */
export async function startRefresh(change: CatalogChange, member: number, endpoint: number): Promise<{ jobId: number; status: JobStatus }> {
  const known = await change.db
    .selectFrom('share_job')
    .select(['id', 'status'])
    .where('source_endpoint_id', '=', endpoint)
    .where('category', '=', 'SEGMENT_POPULATE_DB')
    .where('status', 'not in', ['COMPLETE', 'FAILED', 'CANCELED'])
    .executeTakeFirst();
  if (known) return { jobId: known.id, status: known.status as JobStatus };
  const jobId = await change.newIds('share_job');
  await insertJob(change, newJobRow(jobId, member, change.nowMs, { category: 'SEGMENT_POPULATE_DB', source_endpoint_id: endpoint }));
  return { jobId, status: 'CREATED' };
}

async function insertJob(change: CatalogChange, row: ShareJobTable): Promise<void> {
  await change.db.insertInto('share_job').values(row).execute();
  await change.db
    .insertInto('share_job_event')
    .values({ job_id: row.id, sequence: 1, status: row.status, rows_received: 0, rows_sent: 0, rows_rejected: 0, at: change.nowMs })
    .execute();
  await addTask(change, { kind: 'run-share', memberId: row.member_id, subject: { type: 'share_job', id: row.id } });
}

const newJobRow = (
  id: number,
  memberId: number,
  nowMs: number,
  what: Pick<ShareJobTable, 'category' | 'source_endpoint_id'> & Partial<ShareJobTable>,
): ShareJobTable => ({
  id,
  member_id: memberId,
  share_id: null,
  scheduled: 0,
  source_segment_id: null,
  destination_endpoint_id: null,
  destination_segment_id: null,
  share_action: null,
  plan: null,
  status: 'CREATED',
  sub_status: null,
  error_code: null,
  error: null,
  error_details: null,
  rows_received: 0,
  rows_sent: 0,
  rows_rejected: 0,
  rows_unknown: 0,
  rows_merged: 0,
  warnings: '[]',
  checkpoint: null,
  created_on: nowMs,
  started_on: null,
  completed_on: null,
  last_modified: nowMs,
  waits_until: null,
  files_until: null,
  ...what,
});
