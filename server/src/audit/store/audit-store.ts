import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import type { AuditEventTable, CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';

export const auditEventFields: ListFields = {
  id: { type: 'int', column: 'audit_event.id', search: true },
  created_on: { type: 'timestamp', column: 'audit_event.created_on' },
  request_id: { type: 'enum', column: 'audit_event.request_id' },
  account_id: { type: 'int', column: 'audit_event.account_id' },
  username: { type: 'string', column: 'audit_event.username', search: true },
  account_member_id: { type: 'int', column: 'audit_event.account_member_id' },
  member_id: { type: 'int', column: 'audit_event.member_id' },
  operation: { type: 'enum', column: 'audit_event.operation', search: true },
  object_type: { type: 'enum', column: 'audit_event.object_type', search: true },
  object_id: { type: 'enum', column: 'audit_event.object_id', search: true },
  before: { type: 'string' },
  after: { type: 'string' },
};

/** Events of a member's objects; a null member sees all. */
export function listAuditEvents(
  db: CatalogReader,
  member: number | null,
  query: ListQuery,
): Promise<{ rows: AuditEventTable[]; count: number }> {
  const all = db.selectFrom('audit_event').selectAll();
  return listRows(member === null ? all : all.where('member_id', '=', member), auditEventFields, query);
}

const dayMs = 24 * 3_600_000;
/** So many events go at once, because others that write wait meanwhile. */
const purgedAtOnce = 1000;

/** Deletes the events that are older than so many days (`FOYER_AUDIT_DAYS`), the oldest first. Answers how many they were. */
export async function purgeAuditEvents(db: CatalogReader, nowMs: number, keptDays: number): Promise<number> {
  for (let purged = 0; ;) {
    const old = await db
      .selectFrom('audit_event')
      .select('id')
      .where('created_on', '<', nowMs - keptDays * dayMs)
      .orderBy('created_on')
      .orderBy('id')
      .limit(purgedAtOnce)
      .execute();
    if (old.length === 0) return purged;
    const ids = old.map((event) => event.id);
    await db.deleteFrom('audit_event').where('id', 'in', ids).execute();
    purged += ids.length;
  }
}
