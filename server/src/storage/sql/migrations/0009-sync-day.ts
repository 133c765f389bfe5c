import type { Kysely } from 'kysely';

/** How user syncs of each member went, by UTC day and outcome. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sync_day')
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('day', 'bigint', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('ids', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('sync_day_key', ['member_id', 'day', 'outcome'])
    .execute();
}
