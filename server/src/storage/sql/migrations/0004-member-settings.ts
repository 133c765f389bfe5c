import type { Kysely } from 'kysely';

/** What an administrator sets for a member (additions.md section 3). Members that were there before have the defaults. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('member').addColumn('domain', 'text').execute();
  await db.schema
    .alterTable('member')
    .addColumn('reach_per_day', 'bigint', (c) => c.defaultTo(200))
    .execute();
  await db.schema.alterTable('member').addColumn('segment_limit', 'bigint').execute();
  await db.schema.alterTable('member').addColumn('membership_limit', 'bigint').execute();
}
