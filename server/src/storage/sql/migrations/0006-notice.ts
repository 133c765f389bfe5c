import type { Kysely } from 'kysely';

/** What members must know without having asked (additions.md section 7). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('notice')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('text_folded', 'text', (c) => c.notNull())
    .addColumn('subject_type', 'text')
    .addColumn('subject_id', 'bigint')
    .addColumn('details', 'text', (c) => c.notNull())
    .addColumn('read', 'integer', (c) => c.notNull())
    .addColumn('cause', 'text')
    .addColumn('reason', 'text')
    .addColumn('data_member_id', 'bigint')
    .addColumn('segments', 'text')
    .addColumn('effective_on', 'bigint')
    .addColumn('ends_targeting', 'integer')
    .addColumn('profiles', 'text')
    .addColumn('campaigns_including', 'text')
    .addColumn('campaigns_excluding', 'text')
    .execute();
  await db.schema.createIndex('notice_by_member').on('notice').columns(['member_id', 'id']).execute();
  await db.schema.createIndex('notice_cause').unique().on('notice').columns(['member_id', 'cause']).execute();
  await db.schema.createIndex('notice_by_time').on('notice').column('created_on').execute();
}
