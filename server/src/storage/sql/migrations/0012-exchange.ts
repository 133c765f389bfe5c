import type { Kysely } from 'kysely';

/** The exchange: applications and their reviews, endpoints and keys, audiences, shares, jobs, and what repeated calls were answered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await applications(db);
  await endpoints(db);
  await shares(db);
  await jobs(db);
  await jobRecords(db);
  await indexes(db);
}

async function applications(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('application')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('provider_name', 'text', (c) => c.notNull())
    .addColumn('display_name', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('url', 'text')
    .addColumn('hash_algorithm', 'text', (c) => c.notNull())
    .addColumn('connect_type', 'text', (c) => c.notNull())
    .addColumn('instructions', 'text')
    .addColumn('definition', 'text', (c) => c.notNull())
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('application_review')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('application_id', 'bigint', (c) => c.notNull().references('application.id'))
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('requested_on', 'bigint', (c) => c.notNull())
    .addColumn('decided_on', 'bigint')
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
}

async function endpoints(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('endpoint')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('application_id', 'bigint', (c) => c.references('application.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('provider_name', 'text')
    .addColumn('description', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('former_status', 'text')
    .addColumn('hash_algorithm', 'text', (c) => c.notNull())
    .addColumn('source_type', 'text')
    .addColumn('source_url', 'text')
    .addColumn('destination_type', 'text')
    .addColumn('destination_url', 'text')
    .addColumn('share_actions', 'text')
    .addColumn('identifiers', 'text', (c) => c.notNull())
    .addColumn('attributes', 'text', (c) => c.notNull())
    .addColumn('definition', 'text')
    .addColumn('connect_type', 'text', (c) => c.notNull())
    .addColumn('auth_type', 'text')
    .addColumn('credentials', 'text')
    .addColumn('last_error', 'text')
    .addColumn('refreshed_on', 'bigint')
    .addColumn('next_refresh_on', 'bigint')
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .addColumn('deleted_on', 'bigint')
    .execute();
  await db.schema
    .createTable('exchange_key')
    .addColumn('key_hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('scope', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'bigint', (c) => c.notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('expires_on', 'bigint')
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('audience')
    .addColumn('endpoint_id', 'bigint', (c) => c.notNull().references('endpoint.id'))
    .addColumn('segment_id', 'text', (c) => c.notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('id_is_number', 'bigint', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('name_folded', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('description_folded', 'text')
    .addColumn('type', 'text')
    .addColumn('columns', 'text', (c) => c.notNull())
    .addColumn('count', 'bigint')
    .addColumn('last_modified', 'bigint')
    .addColumn('refreshed_on', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('audience_key', ['endpoint_id', 'segment_id'])
    .execute();
}

async function shares(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('share')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('source_endpoint_id', 'bigint', (c) => c.notNull().references('endpoint.id'))
    .addColumn('source_segment_id', 'text', (c) => c.notNull())
    .addColumn('destination_endpoint_id', 'bigint', (c) => c.notNull().references('endpoint.id'))
    .addColumn('destination_segment_id', 'text')
    .addColumn('new_segment', 'text')
    .addColumn('identity_mapping', 'text', (c) => c.notNull())
    .addColumn('attribute_mappings', 'text', (c) => c.notNull())
    .addColumn('share_action', 'text', (c) => c.notNull())
    .addColumn('schedule', 'text', (c) => c.notNull())
    .addColumn('allow_empty_replace', 'bigint', (c) => c.notNull())
    .addColumn('enabled', 'bigint', (c) => c.notNull())
    .addColumn('disabled_reason', 'text')
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .addColumn('next_run_on', 'bigint')
    .addColumn('occurrences', 'bigint', (c) => c.notNull())
    .addColumn('failures', 'bigint', (c) => c.notNull())
    .addColumn('last_job_id', 'bigint')
    .addColumn('deleted_on', 'bigint')
    .execute();
}

async function jobs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('share_job')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('category', 'text', (c) => c.notNull())
    .addColumn('share_id', 'bigint', (c) => c.references('share.id'))
    .addColumn('scheduled', 'bigint', (c) => c.notNull())
    .addColumn('source_endpoint_id', 'bigint', (c) => c.notNull().references('endpoint.id'))
    .addColumn('source_segment_id', 'text')
    .addColumn('destination_endpoint_id', 'bigint', (c) => c.references('endpoint.id'))
    .addColumn('destination_segment_id', 'text')
    .addColumn('share_action', 'text')
    .addColumn('plan', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('sub_status', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error', 'text')
    .addColumn('error_details', 'text')
    .addColumn('rows_received', 'bigint', (c) => c.notNull())
    .addColumn('rows_sent', 'bigint', (c) => c.notNull())
    .addColumn('rows_rejected', 'bigint', (c) => c.notNull())
    .addColumn('rows_unknown', 'bigint', (c) => c.notNull())
    .addColumn('rows_merged', 'bigint', (c) => c.notNull())
    .addColumn('warnings', 'text', (c) => c.notNull())
    .addColumn('checkpoint', 'text')
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('started_on', 'bigint')
    .addColumn('completed_on', 'bigint')
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .addColumn('waits_until', 'bigint')
    .addColumn('files_until', 'bigint')
    .execute();
}

async function jobRecords(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('share_job_file')
    .addColumn('job_id', 'bigint', (c) => c.notNull().references('share_job.id'))
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('number', 'bigint', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('rows', 'bigint', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('share_job_file_key', ['job_id', 'direction', 'number'])
    .execute();
  await db.schema
    .createTable('share_job_event')
    .addColumn('job_id', 'bigint', (c) => c.notNull().references('share_job.id'))
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('rows_received', 'bigint', (c) => c.notNull())
    .addColumn('rows_sent', 'bigint', (c) => c.notNull())
    .addColumn('rows_rejected', 'bigint', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('share_job_event_key', ['job_id', 'sequence'])
    .execute();
  await db.schema
    .createTable('idempotent_call')
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('idempotency_key', 'text', (c) => c.notNull())
    .addColumn('route', 'text', (c) => c.notNull())
    .addColumn('body_hash', 'text', (c) => c.notNull())
    .addColumn('status', 'bigint', (c) => c.notNull())
    .addColumn('answer', 'text', (c) => c.notNull())
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('idempotent_call_key', ['member_id', 'idempotency_key'])
    .execute();
}

/** Name, table and columns. */
const indexed = [
  ['endpoint_by_member', 'endpoint', ['member_id', 'id']],
  ['endpoint_by_refresh', 'endpoint', ['next_refresh_on']],
  ['exchange_key_by_subject', 'exchange_key', ['scope', 'subject_id']],
  ['application_review_by_application', 'application_review', ['application_id', 'id']],
  ['audience_by_member', 'audience', ['member_id', 'endpoint_id', 'segment_id']],
  ['share_by_member', 'share', ['member_id', 'id']],
  ['share_by_next_run', 'share', ['next_run_on']],
  ['share_job_by_member', 'share_job', ['member_id', 'id']],
  ['share_job_by_share', 'share_job', ['share_id', 'id']],
  ['share_job_by_status', 'share_job', ['status', 'waits_until']],
  ['share_job_by_source', 'share_job', ['source_endpoint_id', 'id']],
  ['share_job_by_destination', 'share_job', ['destination_endpoint_id', 'id']],
  ['share_job_by_files', 'share_job', ['files_until']],
  ['idempotent_call_by_time', 'idempotent_call', ['created_on']],
] as const;

async function indexes(db: Kysely<unknown>): Promise<void> {
  for (const [name, table, columns] of indexed)
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
}
