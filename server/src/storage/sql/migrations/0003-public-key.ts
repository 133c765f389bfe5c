import type { Kysely } from 'kysely';

/** What access and identity keep from now on, and indexes for the filters and the purging of the audit trail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await publicKeyTable(db);
  await syncHostTable(db);
  await auditIndexes(db);
}

/** Registered public keys, with which accounts log in by a signed token. */
async function publicKeyTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('public_key')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('account_id', 'bigint', (c) => c.notNull().references('account.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('name_folded', 'text', (c) => c.notNull())
    .addColumn('encoded_value', 'text', (c) => c.notNull())
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('public_key_name').unique().on('public_key').columns(['account_id', 'name']).execute();
}

/** Hosts to which members' syncs may lead. */
async function syncHostTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sync_host')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('sync_host_name').unique().on('sync_host').columns(['member_id', 'host']).execute();
}

/** Each ends with the id, in whose order events are listed. */
async function auditIndexes(db: Kysely<unknown>): Promise<void> {
  const index = (name: string, columns: string[]) =>
    db.schema
      .createIndex(name)
      .on('audit_event')
      .columns([...columns, 'id'])
      .execute();
  await index('audit_event_by_time', ['created_on']);
  await index('audit_event_by_object', ['object_type', 'object_id']);
  await index('audit_event_by_account', ['account_id']);
  await index('audit_event_by_request', ['request_id']);
  await index('audit_event_by_operation', ['operation']);
}
