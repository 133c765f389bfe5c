import type { Kysely } from 'kysely';

/** Registered public keys, with which accounts log in by a signed token. */
export async function up(db: Kysely<unknown>): Promise<void> {
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
