import { type Kysely, sql } from 'kysely';

/** One row: how often the catalog was changed, and whose profiles belong to it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('catalog_state')
    .addColumn('id', 'integer', (c) => c.primaryKey().notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('catalog_id', 'text')
    .execute();
  await sql`insert into catalog_state (id, version, catalog_id) values (1, 0, null)`.execute(db);
}
