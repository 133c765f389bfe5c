import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { auditEventSchema } from '../audit-event-schema.ts';
import { auditEventOnWire } from '../audit-event-wire.ts';
import { auditEventFields, listAuditEvents as listRows } from '../store/audit-store.ts';

/** `GET /audit-event`: what was done to a member's objects, also by the administrator, who sees everything (additions.md section 1). */
export const listAuditEvents = (db: CatalogReader): AccountOperation => ({
  id: 'listAuditEvents',
  method: 'GET',
  paths: ['/audit-event', '/audit-event/:first'],
  summary: 'Read the audit trail: who changed what, before and after',
  access: reading,
  answer: auditEventSchema,
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, auditEventFields), ids);
    const { rows, count } = await listRows(db, member, list);
    const shown = rows.map((row) => trimmed(auditEventOnWire(row), list.shown));
    return listedAnswer({ one: 'audit_event', many: 'audit_events' }, list, shown, count);
  },
});

/** `GET /audit-event/meta`. */
export const describeAuditEvents = (): AccountOperation =>
  metaOperation('describeAuditEvents', ['/audit-event'], 'events of the audit trail', auditEventFields);
