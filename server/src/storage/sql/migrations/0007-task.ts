import { type Kysely, sql } from 'kysely';

/** Background work has a table; deleted segments whose memberships are still to be dropped become its first tasks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('task')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('member_id', 'bigint')
    .addColumn('subject_type', 'text')
    .addColumn('subject_id', 'bigint')
    .addColumn('once_key', 'text', (c) => c.unique())
    .addColumn('progress', 'bigint')
    .addColumn('attempts', 'bigint', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('started_on', 'bigint')
    .addColumn('next_attempt_on', 'bigint')
    .addColumn('finished_on', 'bigint')
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .execute();
  await db.schema.createIndex('task_by_due').on('task').columns(['state', 'next_attempt_on', 'id']).execute();
  await db.schema.createIndex('task_by_member').on('task').columns(['member_id', 'id']).execute();
  await sql`
    insert into task (id, kind, state, subject_type, subject_id, attempts, created_on, next_attempt_on)
    select row_number() over (order by segment_id), 'sweep-segment', 'waiting', 'segment', segment_id, 0, 0, 0 from segment_drop
  `.execute(db);
  await sql`insert into id_sequence (name, next_id) select 'task', count(*) + 1 from segment_drop having count(*) > 0`.execute(db);
  await db.schema.dropTable('segment_drop').execute();
}
