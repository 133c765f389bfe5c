import type { Kysely } from 'kysely';

/** Who asks to populate whose segments (additions.md section 5). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('segment_access_request')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('segment_owner_member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('message', 'text')
    .addColumn('message_folded', 'text')
    .addColumn('unique_user_ids_per_post', 'bigint')
    .addColumn('posts_per_day', 'bigint')
    .addColumn('unique_segments_per_post', 'bigint')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('decided_on', 'bigint')
    .addColumn('decided_by', 'bigint')
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('segment_access_request_by_member')
    .on('segment_access_request')
    .columns(['member_id', 'segment_owner_member_id'])
    .execute();
  await db.schema
    .createIndex('segment_access_request_by_owner')
    .on('segment_access_request')
    .columns(['segment_owner_member_id', 'id'])
    .execute();
}
