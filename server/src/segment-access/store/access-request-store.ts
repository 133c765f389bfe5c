import { fold } from '../../kit/fold.ts';
import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import { dropWritableOwner, grantWritableOwner } from '../../members/ingest-settings-store.ts';
import { notify } from '../../notices/notify.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, SegmentAccessRequestTable } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import { decidedNotice } from '../access-notices.ts';
import type { AccessState } from '../access-request.ts';

export const accessRequestFields: ListFields = {
  id: { type: 'int', column: 'segment_access_request.id', search: true },
  member_id: { type: 'int', column: 'segment_access_request.member_id', search: true },
  segment_owner_member_id: { type: 'int', column: 'segment_access_request.segment_owner_member_id', search: true },
  message: { type: 'string', column: 'segment_access_request.message', foldedColumn: 'segment_access_request.message_folded' },
  unique_user_ids_per_post: { type: 'int', column: 'segment_access_request.unique_user_ids_per_post' },
  posts_per_day: { type: 'int', column: 'segment_access_request.posts_per_day' },
  unique_segments_per_post: { type: 'int', column: 'segment_access_request.unique_segments_per_post' },
  state: { type: 'enum', column: 'segment_access_request.state' },
  decided_on: { type: 'timestamp', column: 'segment_access_request.decided_on' },
  decided_by: { type: 'int', column: 'segment_access_request.decided_by' },
  created_on: { type: 'timestamp', column: 'segment_access_request.created_on' },
  last_modified: { type: 'timestamp', column: 'segment_access_request.last_modified' },
};

export const accessRequestOnWire = (row: SegmentAccessRequestTable) => ({
  id: row.id,
  member_id: row.member_id,
  segment_owner_member_id: row.segment_owner_member_id,
  message: row.message,
  unique_user_ids_per_post: row.unique_user_ids_per_post,
  posts_per_day: row.posts_per_day,
  unique_segments_per_post: row.unique_segments_per_post,
  state: row.state,
  decided_on: row.decided_on === null ? null : formatTimestamp(row.decided_on),
  decided_by: row.decided_by,
  created_on: formatTimestamp(row.created_on),
  last_modified: formatTimestamp(row.last_modified),
});

/** Requests that a member is a side of; null sees all. */
export function listAccessRequests(db: CatalogReader, member: number | null, query: ListQuery) {
  const all = db.selectFrom('segment_access_request').selectAll();
  const own = member === null ? all : all.where((eb) => eb.or([eb('member_id', '=', member), eb('segment_owner_member_id', '=', member)]));
  return listRows(own, accessRequestFields, query);
}

export function readAccessRequest(db: CatalogReader, id: number): Promise<SegmentAccessRequestTable | undefined> {
  return db.selectFrom('segment_access_request').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The request of this pair that is open or accepted. */
export function readStandingRequest(db: CatalogReader, asker: number, owner: number): Promise<SegmentAccessRequestTable | undefined> {
  return db
    .selectFrom('segment_access_request')
    .selectAll()
    .where('member_id', '=', asker)
    .where('segment_owner_member_id', '=', owner)
    .where('state', 'in', ['REQUESTED', 'ACCEPTED'] satisfies AccessState[])
    .executeTakeFirst();
}

export type NewAccessRequest = Pick<SegmentAccessRequestTable, 'id' | 'member_id' | 'segment_owner_member_id'> &
  Partial<Pick<SegmentAccessRequestTable, 'message' | 'unique_user_ids_per_post' | 'posts_per_day' | 'unique_segments_per_post'>>;

export async function insertAccessRequest(change: CatalogChange, request: NewAccessRequest): Promise<SegmentAccessRequestTable> {
  const message = request.message ?? null;
  const row: SegmentAccessRequestTable = {
    id: request.id,
    member_id: request.member_id,
    segment_owner_member_id: request.segment_owner_member_id,
    message,
    message_folded: message === null ? null : fold(message),
    unique_user_ids_per_post: request.unique_user_ids_per_post ?? null,
    posts_per_day: request.posts_per_day ?? null,
    unique_segments_per_post: request.unique_segments_per_post ?? null,
    state: 'REQUESTED' satisfies AccessState,
    decided_on: null,
    decided_by: null,
    created_on: change.nowMs,
    last_modified: change.nowMs,
  };
  await change.db.insertInto('segment_access_request').values(row).execute();
  recordRequest(change, null, row);
  return row;
}

/** Takes a step, and gives or takes the right with it; the asker is told of what it did not do itself. @param by the member that takes it; null is the server */
export async function takeStep(
  change: CatalogChange,
  before: SegmentAccessRequestTable,
  to: AccessState,
  by: number | null,
): Promise<SegmentAccessRequestTable> {
  const after = { ...before, state: to, decided_on: change.nowMs, decided_by: by, last_modified: change.nowMs };
  await change.db.updateTable('segment_access_request').set(after).where('id', '=', before.id).execute();
  recordRequest(change, before, after);
  if (to !== 'WITHDRAWN') await notify(change, decidedNotice(after));
  const { member_id: asker, segment_owner_member_id: owner } = before;
  if (to === 'ACCEPTED') await grantWritableOwner(change, asker, owner);
  else if (before.state === 'ACCEPTED') await dropWritableOwner(change, asker, owner);
  return after;
}

function recordRequest(change: CatalogChange, before: SegmentAccessRequestTable | null, after: SegmentAccessRequestTable): void {
  change.record({
    objectType: 'segment_access_request',
    objectId: after.id,
    memberId: after.member_id,
    before: before && { ...before },
    after: { ...after },
  });
}
