import { listOwn } from '../../access/list-own.ts';
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
  handle: listOwn({
    keys: { one: 'audit_event', many: 'audit_events' },
    fields: auditEventFields,
    read: (member, list) => listRows(db, member, list),
    show: auditEventOnWire,
  }),
});

/** `GET /audit-event/meta`. */
export const describeAuditEvents = (): AccountOperation =>
  metaOperation('describeAuditEvents', ['/audit-event'], 'events of the audit trail', auditEventFields);
