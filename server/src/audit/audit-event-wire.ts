import { formatTimestamp } from '../kit/timestamp.ts';
import type { AuditEventTable } from '../storage/sql/catalog-schema.ts';

/** An event as `/audit-event` shows it. `before` and `after` hold the changed fields alone. */
export const auditEventOnWire = (row: AuditEventTable) => ({
  id: row.id,
  created_on: formatTimestamp(row.created_on),
  request_id: row.request_id,
  account_id: row.account_id,
  username: row.username,
  account_member_id: row.account_member_id,
  member_id: row.member_id,
  operation: row.operation,
  object_type: row.object_type,
  object_id: row.object_id,
  before: fieldsOf(row.before),
  after: fieldsOf(row.after),
});

const fieldsOf = (text: string | null): object | null => (text === null ? null : (JSON.parse(text) as object));
