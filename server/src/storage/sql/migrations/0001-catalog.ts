import type { Kysely } from 'kysely';

/** The first catalog. `bigint` is what both databases read as a whole number of 8 bytes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await memberTables(db);
  await accountTables(db);
  await segmentTables(db);
  await sharingTables(db);
  await recordTables(db);
}

async function memberTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('id_sequence')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('next_id', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('member')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('name_folded', 'text', (c) => c.notNull())
    .addColumn('code', 'text')
    .addColumn('code_folded', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('primary_type', 'text', (c) => c.notNull())
    .addColumn('platform_exposure', 'text', (c) => c.notNull())
    .addColumn('timezone', 'text', (c) => c.notNull())
    .addColumn('default_currency', 'text', (c) => c.notNull())
    .addColumn('contact_email', 'text')
    .addColumn('externally_integrated_dsp', 'integer', (c) => c.notNull())
    .addColumn('reads_per_minute', 'bigint')
    .addColumn('writes_per_minute', 'bigint')
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
}

async function accountTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('account')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('username', 'text', (c) => c.notNull().unique())
    .addColumn('username_folded', 'text', (c) => c.notNull())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('password_expires_on', 'bigint')
    .addColumn('first_name', 'text', (c) => c.notNull())
    .addColumn('first_name_folded', 'text', (c) => c.notNull())
    .addColumn('last_name', 'text', (c) => c.notNull())
    .addColumn('last_name_folded', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('email_folded', 'text', (c) => c.notNull())
    .addColumn('phone', 'text')
    .addColumn('user_type', 'text', (c) => c.notNull())
    .addColumn('read_only', 'integer', (c) => c.notNull())
    .addColumn('api_login', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('logins_per_5_minutes', 'bigint')
    .addColumn('test_password', 'integer', (c) => c.notNull())
    .addColumn('first_start', 'integer', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('account_by_member').on('account').columns(['member_id', 'id']).execute();
  await db.schema
    .createTable('session')
    .addColumn('token_hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('account_id', 'bigint', (c) => c.notNull().references('account.id'))
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('last_used_on', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('session_by_account').on('session').column('account_id').execute();
}

async function segmentTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('advertiser')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('name_folded', 'text', (c) => c.notNull())
    .addColumn('code', 'text')
    .addColumn('code_folded', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('advertiser_code').unique().on('advertiser').columns(['member_id', 'code_folded']).execute();
  await db.schema
    .createTable('segment')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('code', 'text')
    .addColumn('code_folded', 'text')
    .addColumn('short_name', 'text')
    .addColumn('short_name_folded', 'text')
    .addColumn('description', 'text')
    .addColumn('description_folded', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('advertiser_id', 'bigint', (c) => c.references('advertiser.id'))
    .addColumn('expire_minutes', 'bigint')
    .addColumn('enable_rm_piggyback', 'integer', (c) => c.notNull())
    .addColumn('max_usersync_pixels', 'bigint', (c) => c.notNull())
    .addColumn('piggyback_pixels', 'text')
    .addColumn('client_side', 'integer', (c) => c.notNull())
    .addColumn('parent_segment_id', 'bigint')
    .addColumn('querystring_mapping', 'text')
    .addColumn('querystring_mapping_key_value', 'text')
    .addColumn('taxonomy_id', 'text')
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('segment_code').unique().on('segment').columns(['member_id', 'code_folded']).execute();
  await db.schema.createIndex('segment_by_member').on('segment').columns(['member_id', 'id']).execute();
  await db.schema.createIndex('segment_by_parent').on('segment').column('parent_segment_id').execute();
  await db.schema
    .createTable('segment_drop')
    .addColumn('segment_id', 'bigint', (c) => c.primaryKey().notNull())
    .execute();
  await db.schema
    .createTable('data_category')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .execute();
}

async function sharingTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sharing_record')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('data_member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('buyer_member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('segment_exposure', 'text', (c) => c.notNull())
    .addColumn('export_allowed', 'integer', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('sharing_record_pair').unique().on('sharing_record').columns(['data_member_id', 'buyer_member_id']).execute();
  await db.schema
    .createTable('sharing_record_segment')
    .addColumn('record_id', 'bigint', (c) => c.notNull().references('sharing_record.id'))
    .addColumn('segment_id', 'bigint', (c) => c.notNull().references('segment.id'))
    .addPrimaryKeyConstraint('sharing_record_segment_key', ['record_id', 'segment_id'])
    .execute();
  await db.schema.createIndex('sharing_record_segment_by_segment').on('sharing_record_segment').column('segment_id').execute();
  await db.schema
    .createTable('data_buyer_provider')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('buyer_member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('data_provider_member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('data_buyer_provider_pair')
    .unique()
    .on('data_buyer_provider')
    .columns(['buyer_member_id', 'data_provider_member_id'])
    .execute();
  await db.schema
    .createTable('batch_segment_config')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('member_id', 'bigint', (c) => c.notNull().unique().references('member.id'))
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('last_modified', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('member_segment_access')
    .addColumn('member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addColumn('segment_owner_member_id', 'bigint', (c) => c.notNull().references('member.id'))
    .addPrimaryKeyConstraint('member_segment_access_key', ['member_id', 'segment_owner_member_id'])
    .execute();
}

async function recordTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('instant_hour')
    .addColumn('member_id', 'bigint', (c) => c.notNull())
    .addColumn('hour', 'bigint', (c) => c.notNull())
    .addColumn('counts', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('instant_hour_key', ['member_id', 'hour'])
    .execute();
  await db.schema
    .createTable('audit_event')
    .addColumn('id', 'bigint', (c) => c.primaryKey().notNull())
    .addColumn('created_on', 'bigint', (c) => c.notNull())
    .addColumn('request_id', 'text')
    .addColumn('account_id', 'bigint')
    .addColumn('username', 'text')
    .addColumn('account_member_id', 'bigint')
    .addColumn('member_id', 'bigint', (c) => c.notNull())
    .addColumn('operation', 'text', (c) => c.notNull())
    .addColumn('object_type', 'text', (c) => c.notNull())
    .addColumn('object_id', 'text', (c) => c.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .execute();
  await db.schema.createIndex('audit_event_by_member').on('audit_event').columns(['member_id', 'id']).execute();
}
