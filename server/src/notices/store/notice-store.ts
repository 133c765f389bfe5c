import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, NoticeTable } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';

export const noticeFields: ListFields = {
  id: { type: 'int', column: 'notice.id', search: true },
  created_on: { type: 'timestamp', column: 'notice.created_on' },
  member_id: { type: 'int', column: 'notice.member_id' },
  kind: { type: 'enum', column: 'notice.kind' },
  severity: { type: 'enum', column: 'notice.severity' },
  text: { type: 'string', column: 'notice.text', foldedColumn: 'notice.text_folded', search: true },
  subject: { type: 'string' },
  details: { type: 'string' },
  read: { type: 'bool', column: 'notice.read' },
  reason: { type: 'enum', column: 'notice.reason' },
  data_member_id: { type: 'int', column: 'notice.data_member_id' },
  segments: { type: 'string' },
  effective_on: { type: 'timestamp', column: 'notice.effective_on' },
  ends_targeting: { type: 'bool', column: 'notice.ends_targeting' },
  profiles: { type: 'string' },
  campaigns_including: { type: 'string' },
  campaigns_excluding: { type: 'string' },
};

const jsonOf = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

export const noticeOnWire = (row: NoticeTable) => ({
  id: row.id,
  created_on: formatTimestamp(row.created_on),
  member_id: row.member_id,
  kind: row.kind,
  severity: row.severity,
  text: row.text,
  subject: row.subject_type === null ? null : { type: row.subject_type, id: row.subject_id },
  details: jsonOf(row.details),
  read: row.read === 1,
  reason: row.reason,
  data_member_id: row.data_member_id,
  segments: jsonOf(row.segments),
  effective_on: row.effective_on === null ? null : formatTimestamp(row.effective_on),
  ends_targeting: row.ends_targeting === null ? null : row.ends_targeting === 1,
  profiles: jsonOf(row.profiles),
  campaigns_including: jsonOf(row.campaigns_including),
  campaigns_excluding: jsonOf(row.campaigns_excluding),
});

/** A member's notices; null sees all. */
export function listNotices(db: CatalogReader, member: number | null, query: ListQuery) {
  const all = db.selectFrom('notice').selectAll();
  return listRows(member === null ? all : all.where('member_id', '=', member), noticeFields, query);
}

export function readNotice(db: CatalogReader, id: number): Promise<NoticeTable | undefined> {
  return db.selectFrom('notice').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function markNotice(change: CatalogChange, before: NoticeTable, read: boolean): Promise<NoticeTable> {
  const after = { ...before, read: Number(read) };
  await change.db.updateTable('notice').set({ read: after.read }).where('id', '=', before.id).execute();
  change.record({
    objectType: 'notice',
    objectId: before.id,
    memberId: before.member_id,
    before: { read: before.read === 1 },
    after: { read },
  });
  return after;
}
