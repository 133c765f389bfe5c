/** The tables of the exchange (exchange.md, exchange-sharing.md). As in catalog-schema.ts: times in epoch milliseconds, JSON as text. */
export interface ExchangeTables {
  application: ApplicationTable;
  application_review: ApplicationReviewTable;
  endpoint: EndpointTable;
  exchange_key: ExchangeKeyTable;
  audience: AudienceTable;
  share: ShareTable;
  share_job: ShareJobTable;
  share_job_file: ShareJobFileTable;
  share_job_event: ShareJobEventTable;
  idempotent_call: IdempotentCallTable;
}

/** What a provider defines once and many register from. */
export interface ApplicationTable {
  id: number;
  member_id: number;
  /** DRAFT, IN_REVIEW, APPROVED, REJECTED (additions.md section 6). */
  state: string;
  provider_name: string;
  display_name: string;
  description: string | null;
  url: string | null;
  hash_algorithm: string;
  /** DIRECTCONNECT or INSTRUCTIONS. */
  connect_type: string;
  instructions: string | null;
  /** `endpointTypes`, `marketingDatabasesDefinition` and what else was sent, as JSON. */
  definition: string;
  created_on: number;
  last_modified: number;
}

/** One request for review. The newest of an application decides. */
export interface ApplicationReviewTable {
  id: number;
  application_id: number;
  /** The application's owner. */
  member_id: number;
  state: string;
  reason: string | null;
  requested_on: number;
  decided_on: number | null;
  last_modified: number;
}

export interface EndpointTable {
  id: number;
  member_id: number;
  /** custom, application, internal. */
  kind: string;
  application_id: number | null;
  name: string;
  provider_name: string | null;
  description: string | null;
  /** PENDING, ACTIVE, DISABLED. */
  status: string;
  /** Of a disabled one: what it becomes when it is enabled. */
  former_status: string | null;
  hash_algorithm: string;
  /** push, pull, internal; null: it is no source. */
  source_type: string | null;
  /** Where it is called as a source, without a slash behind; null: never. */
  source_url: string | null;
  destination_type: string | null;
  destination_url: string | null;
  /** JSON list of ADD, REPLACE, REMOVE; null where it is no destination. */
  share_actions: string | null;
  /** JSON lists of {name, type, isRequired}. */
  identifiers: string;
  attributes: string;
  /** As registered, for `GET /v1/endpoint`; null before. */
  definition: string | null;
  connect_type: string;
  /** APIKEY, BASIC; null: calls to it carry no credentials. */
  auth_type: string | null;
  /** Sealed with FOYER_SECRET_KEY. */
  credentials: string | null;
  last_error: string | null;
  /** When its list of audiences was read last. */
  refreshed_on: number | null;
  /** When it is read again; null: it is no Active pull producer. */
  next_refresh_on: number | null;
  created_on: number;
  last_modified: number;
  /** Past jobs name it after it is gone. */
  deleted_on: number | null;
}

export interface ExchangeKeyTable {
  /** SHA-256 of the key, hex. */
  key_hash: string;
  /** endpoint, account, application. */
  scope: string;
  /** The endpoint, the member, the application. */
  subject_id: number;
  member_id: number;
  /** Of one that was rotated: it works until then. */
  expires_on: number | null;
  created_on: number;
}

/** A segment that a source offers. By endpoint and segment. */
export interface AudienceTable {
  endpoint_id: number;
  segment_id: string;
  member_id: number;
  /** 1: its owner writes the id as a number. */
  id_is_number: number;
  name: string;
  name_folded: string;
  description: string | null;
  description_folded: string | null;
  type: string | null;
  /** JSON list of {name, type, isIdentifier}. */
  columns: string;
  count: number | null;
  /** As the owner says it. */
  last_modified: number | null;
  refreshed_on: number;
}

export interface ShareTable {
  id: number;
  member_id: number;
  name: string;
  source_endpoint_id: number;
  source_segment_id: string;
  destination_endpoint_id: number;
  /** Null until the first run has made the new segment. */
  destination_segment_id: string | null;
  /** JSON {name, description}; null: into one that exists. */
  new_segment: string | null;
  /** JSON {sourceIdentifiers, destinationIdentifier}. */
  identity_mapping: string;
  /** JSON {source: destination}, in the order given. */
  attribute_mappings: string;
  share_action: string;
  /** JSON, as exchange-sharing.md section 5. */
  schedule: string;
  allow_empty_replace: number;
  enabled: number;
  disabled_reason: string | null;
  /** Who made it: the account's name, or the key's. */
  created_by: string;
  created_on: number;
  last_modified: number;
  /** The next due occurrence, enabled or not; null: none is left. */
  next_run_on: number | null;
  /** Occurrences that have been used up, for `count`. */
  occurrences: number;
  /** Runs in a row that failed. */
  failures: number;
  last_job_id: number | null;
  deleted_on: number | null;
}

export interface ShareJobTable {
  id: number;
  member_id: number;
  /** SEGMENT_EXPORT, SEGMENT_POPULATE_DB. */
  category: string;
  share_id: number | null;
  scheduled: number;
  source_endpoint_id: number;
  source_segment_id: string | null;
  destination_endpoint_id: number | null;
  destination_segment_id: string | null;
  share_action: string | null;
  /** What the job began with (job-plan.ts), JSON; null for SEGMENT_POPULATE_DB. */
  plan: string | null;
  /** exchange.md section 2.6. */
  status: string;
  sub_status: string | null;
  error_code: string | null;
  /** For a marketer. */
  error: string | null;
  /** For an engineer. */
  error_details: string | null;
  rows_received: number;
  rows_sent: number;
  rows_rejected: number;
  rows_unknown: number;
  /** Lost to a later row of the same identifier. */
  rows_merged: number;
  /** JSON list of texts. */
  warnings: string;
  /** Where the stage that runs goes on after a restart, JSON. */
  checkpoint: string | null;
  created_on: number;
  started_on: number | null;
  completed_on: number | null;
  last_modified: number;
  /** No upload, or no download, until then: FAILED. */
  waits_until: number | null;
  /** When the job's files go; null: there are none. */
  files_until: number | null;
}

/** A file of a job: `in` as its source sent it, `out` as its destination gets it. By job, direction and number. */
export interface ShareJobFileTable {
  job_id: number;
  direction: string;
  number: number;
  name: string;
  rows: number;
  bytes: number;
  /** SHA-256 of the plain text, hex. */
  digest: string;
  created_on: number;
}

/** Statuses that a job reached, and its progress. By job and sequence. */
export interface ShareJobEventTable {
  job_id: number;
  /** 1, 2, 3… */
  sequence: number;
  status: string;
  rows_received: number;
  rows_sent: number;
  rows_rejected: number;
  at: number;
}

/** What a call with an Idempotency-Key was answered. By member and key. */
export interface IdempotentCallTable {
  member_id: number;
  idempotency_key: string;
  route: string;
  /** SHA-256 of the body's JSON value, hex. */
  body_hash: string;
  status: number;
  /** Sealed with FOYER_SECRET_KEY: it may hold a key that is shown once. */
  answer: string;
  created_on: number;
}
