import type { Kysely } from 'kysely';

/** What members were told of other members' users, by UTC day: the same question has the same answer all day, and counts once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('reach_answer')
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('day', 'bigint', (c) => c.notNull())
    .addColumn('expression', 'text', (c) => c.notNull())
    .addColumn('users', 'bigint')
    .addColumn('as_of', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reach_answer_key', ['member_id', 'day', 'expression'])
    .execute();
}
