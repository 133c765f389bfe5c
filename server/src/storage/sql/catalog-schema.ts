import type { Kysely, Transaction } from 'kysely';
import type { ExchangeTables } from './exchange-schema.ts';

/**
 * The catalog's tables. Portable to SQLite and PostgreSQL: integer ids, times in epoch milliseconds, booleans as 0 and 1,
 * JSON as text, `*_folded` columns beside text that is compared without case (kit/fold.ts).
 */
export interface CatalogTables extends ExchangeTables {
  id_sequence: { name: string; next_id: number };
  catalog_state: CatalogStateTable;
  member: MemberTable;
  account: AccountTable;
  session: SessionTable;
  public_key: PublicKeyTable;
  advertiser: AdvertiserTable;
  segment: SegmentTable;
  segment_count: SegmentCountTable;
  sharing_record: SharingRecordTable;
  sharing_record_segment: { record_id: number; segment_id: number };
  data_buyer_provider: DataBuyerProviderTable;
  batch_segment_config: BatchSegmentConfigTable;
  batch_segment_job: BatchSegmentJobTable;
  member_segment_access: { member_id: number; segment_owner_member_id: number };
  segment_access_request: SegmentAccessRequestTable;
  notice: NoticeTable;
  data_category: { id: number; member_id: number; name: string };
  sync_host: SyncHostTable;
  instant_hour: InstantHourTable;
  sync_day: SyncDayTable;
  reach_answer: ReachAnswerTable;
  audit_event: AuditEventTable;
  task: TaskTable;
}

/** One row. */
export interface CatalogStateTable {
  id: 1;
  /** Counts the changes that the catalog view must see. */
  version: number;
  /** Stands in the data directory too, whose profiles belong to this catalog; null where the catalog is in that directory itself. */
  catalog_id: string | null;
}

export interface MemberTable {
  id: number;
  name: string;
  name_folded: string;
  code: string | null;
  code_folded: string | null;
  state: string;
  primary_type: string;
  platform_exposure: string;
  timezone: string;
  default_currency: string;
  contact_email: string | null;
  externally_integrated_dsp: number;
  reads_per_minute: number | null;
  writes_per_minute: number | null;
  /** The name of its Data objects (activation.md section 3). */
  domain: string | null;
  /** Limits of additions.md section 3; null and 0 are none. */
  reach_per_day: number | null;
  segment_limit: number | null;
  membership_limit: number | null;
  last_modified: number;
}

export interface AccountTable {
  id: number;
  member_id: number;
  username: string;
  username_folded: string;
  password_hash: string;
  password_expires_on: number | null;
  first_name: string;
  first_name_folded: string;
  last_name: string;
  last_name_folded: string;
  email: string;
  email_folded: string;
  phone: string | null;
  user_type: string;
  read_only: number;
  api_login: number;
  state: string;
  logins_per_5_minutes: number | null;
  /** 1: its password stands in a public file (platform.md section 11). */
  test_password: number;
  /** 1: made by the server at first start and untouched; an import may take its place. */
  first_start: number;
  last_modified: number;
}

export interface SessionTable {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  account_id: number;
  created_on: number;
  last_used_on: number;
}

export interface PublicKeyTable {
  id: number;
  account_id: number;
  name: string;
  name_folded: string;
  /** PEM, as it was sent. */
  encoded_value: string;
  active: number;
  last_modified: number;
}

export interface AdvertiserTable {
  id: number;
  member_id: number;
  name: string;
  name_folded: string;
  code: string | null;
  code_folded: string | null;
  state: string;
  last_modified: number;
}

export interface SegmentTable {
  id: number;
  member_id: number;
  code: string | null;
  code_folded: string | null;
  short_name: string | null;
  short_name_folded: string | null;
  description: string | null;
  description_folded: string | null;
  state: string;
  advertiser_id: number | null;
  expire_minutes: number | null;
  enable_rm_piggyback: number;
  max_usersync_pixels: number;
  piggyback_pixels: string | null;
  client_side: number;
  parent_segment_id: number | null;
  querystring_mapping: string | null;
  querystring_mapping_key_value: string | null;
  taxonomy_id: string | null;
  last_modified: number;
}

/** Kept by the database itself, with every change of segments. What counts is the sum of a member's rows of a state. */
export interface SegmentCountTable {
  member_id: number;
  state: string;
  segments: number;
  /** Those that belong to no advertiser: only these can be shared. */
  of_member_level: number;
}

export interface SharingRecordTable {
  id: number;
  data_member_id: number;
  buyer_member_id: number;
  segment_exposure: string;
  export_allowed: number;
  last_modified: number;
}

export interface DataBuyerProviderTable {
  id: number;
  buyer_member_id: number;
  data_provider_member_id: number;
  active: number;
  last_modified: number;
}

export interface BatchSegmentConfigTable {
  id: number;
  member_id: number;
  /** The fields of ingest.md section 4.8 but member_segment_access, as JSON. */
  settings: string;
  created_on: number;
  last_modified: number;
}

/** A job of the Batch Segment Service (ingest.md section 4). Times in epoch milliseconds. */
export interface BatchSegmentJobTable {
  id: number;
  /** Alphanumeric, told to clients. */
  job_id: string;
  member_id: number;
  /** upload, drop (a drop folder's file), undo. */
  kind: string;
  phase: string;
  error_code: string | null;
  /** What went wrong, for people. */
  error: string | null;
  created_on: number;
  last_modified: number;
  start_time: number | null;
  uploaded_time: number | null;
  validated_time: number | null;
  completed_time: number | null;
  percent_complete: number;
  /** As sent. */
  bytes: number | null;
  /** After unpacking, without blank ones. */
  num_lines: number | null;
  error_log_lines: string | null;
  segment_log_lines: string | null;
  validate_only: number;
  idempotency_key: string | null;
  /** The name in the drop folder. */
  file_name: string | null;
  /** The job that this one undoes. */
  undo_of: number | null;
  /** Until then the job can be undone; null: no before-images are kept. */
  undo_until: number | null;
  undo_bytes: number;
  /** When the job's files go; null: there are none. */
  files_until: number | null;
  num_valid: number;
  num_valid_user: number;
  num_invalid_user: number;
  num_invalid_format: number;
  num_invalid_segment: number;
  num_unauth_segment: number;
  num_inactive_segment: number;
  num_invalid_timestamp: number;
  num_past_expiration: number;
  num_other_error: number;
  num_added: number;
  num_refreshed: number;
  num_removed: number;
  /** Of a job that undoes another: memberships that something newer holds. */
  num_newer: number;
}

export interface SegmentAccessRequestTable {
  id: number;
  /** Who asks. */
  member_id: number;
  segment_owner_member_id: number;
  message: string | null;
  message_folded: string | null;
  unique_user_ids_per_post: number | null;
  posts_per_day: number | null;
  unique_segments_per_post: number | null;
  state: string;
  decided_on: number | null;
  /** The member that took the last step. */
  decided_by: number | null;
  created_on: number;
  last_modified: number;
}

export interface NoticeTable {
  id: number;
  created_on: number;
  /** Who is told. */
  member_id: number;
  kind: string;
  severity: string;
  text: string;
  text_folded: string;
  subject_type: string | null;
  subject_id: number | null;
  /** JSON. */
  details: string;
  read: number;
  /** The member is told of a cause once. */
  cause: string | null;
  /** From here on null but for `segment-revoked`; lists are JSON. */
  reason: string | null;
  data_member_id: number | null;
  segments: string | null;
  effective_on: number | null;
  ends_targeting: number | null;
  profiles: string | null;
  campaigns_including: string | null;
  campaigns_excluding: string | null;
}

export interface SyncHostTable {
  id: number;
  member_id: number;
  /** A DNS name in lower case, or `*.` and one. */
  host: string;
  state: string;
  last_modified: number;
}

/** What a member was told of other members' users on one UTC day (activation.md section 5). */
export interface ReachAnswerTable {
  member_id: number;
  /** Epoch milliseconds of the UTC day's begin. */
  day: number;
  /** The expression in its canonical form. */
  expression: string;
  /** null: fewer than are ever told. */
  users: number | null;
  /** Epoch milliseconds of the moment that it is of. */
  as_of: number;
}

export interface SyncDayTable {
  member_id: number;
  /** Epoch milliseconds of the UTC day's begin. */
  day: number;
  outcome: string;
  ids: number;
}

/** Statistics of the instant service for one member and UTC hour (ingest.md section 3.4). */
export interface InstantHourTable {
  member_id: number;
  /** Epoch milliseconds of the hour's begin. */
  hour: number;
  /** Counters and log entries, JSON. */
  counts: string;
}

export interface AuditEventTable {
  id: number;
  created_on: number;
  request_id: string | null;
  account_id: number | null;
  username: string | null;
  account_member_id: number | null;
  member_id: number;
  operation: string;
  object_type: string;
  object_id: string;
  before: string | null;
  after: string | null;
}

/** A unit of background work (additions.md section 2). */
export interface TaskTable {
  id: number;
  kind: string;
  state: string;
  /** Null: the server's own. */
  member_id: number | null;
  subject_type: string | null;
  subject_id: number | null;
  /** No two tasks have the same; null: may be there any number of times. */
  once_key: string | null;
  progress: number | null;
  attempts: number;
  error: string | null;
  created_on: number;
  started_on: number | null;
  next_attempt_on: number | null;
  finished_on: number | null;
  lease_owner: string | null;
  lease_until: number | null;
}

export type CatalogReader = Kysely<CatalogTables>;
export type CatalogTransaction = Transaction<CatalogTables>;

/** What a committed change touched, by table: rows by id, or null for "read it all again". */
export type Touched = ReadonlyMap<keyof CatalogTables, ReadonlySet<number> | null>;
