import type { Kysely } from 'kysely';

const counters = [
  'num_valid',
  'num_valid_user',
  'num_invalid_user',
  'num_invalid_format',
  'num_invalid_segment',
  'num_unauth_segment',
  'num_inactive_segment',
  'num_invalid_timestamp',
  'num_past_expiration',
  'num_other_error',
  'num_added',
  'num_refreshed',
  'num_removed',
  'num_newer',
] as const;

/** Jobs of the Batch Segment Service: uploads, files from drop folders, and jobs that undo others. */
export async function up(db: Kysely<unknown>): Promise<void> {
  let table = db.schema
    .createTable('batch_segment_job')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('job_id', 'text', (c) => c.notNull().unique())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('phase', 'text', (c) => c.notNull())
    .addColumn('error_code', 'text')
    .addColumn('error', 'text')
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .addColumn('start_time', 'bigint')
    .addColumn('uploaded_time', 'bigint')
    .addColumn('validated_time', 'bigint')
    .addColumn('completed_time', 'bigint')
    .addColumn('percent_complete', 'bigint', (c) => c.notNull())
    .addColumn('bytes', 'bigint')
    .addColumn('num_lines', 'bigint')
    .addColumn('error_log_lines', 'text')
    .addColumn('segment_log_lines', 'text')
    .addColumn('validate_only', 'bigint', (c) => c.notNull())
    .addColumn('idempotency_key', 'text')
    .addColumn('file_name', 'text')
    .addColumn('undo_of', 'bigint')
    .addColumn('undo_until', 'bigint')
    .addColumn('undo_bytes', 'bigint', (c) => c.notNull())
    .addColumn('files_until', 'bigint');
  for (const counter of counters) table = table.addColumn(counter, 'bigint', (c) => c.notNull());
  await table.execute();
  await db.schema.createIndex('batch_segment_job_by_member').on('batch_segment_job').columns(['member_id', 'id']).execute();
  await db.schema.createIndex('batch_segment_job_by_phase').on('batch_segment_job').columns(['phase', 'id']).execute();
  await db.schema
    .createIndex('batch_segment_job_by_key')
    .on('batch_segment_job')
    .columns(['member_id', 'idempotency_key'])
    .unique()
    .execute();
}
