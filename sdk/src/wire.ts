/** Shapes on the wire, as far as the client uses them. Ids of objects are numbers, user ids are strings of digits. */

export interface Listed {
  count: number;
}

export interface Backup {
  directory: string;
  /** ISO 8601. */
  made_at: string;
  users: number;
  memberships: number;
  catalog_bytes: number;
}

export interface Member {
  id: number;
  name: string;
  code: string | null;
  state?: string;
  primary_type?: string;
}

export interface NewMember {
  name: string;
  code: string;
  primary_type: 'network' | 'buyer' | 'seller' | 'data_provider' | 'bidder';
}

export interface Account {
  id: number;
  username: string;
  user_type?: string;
  entity_id: number | null;
  entity_name?: string | null;
  state?: string;
}

export interface NewAccount {
  username: string;
  password: string;
  email: string;
  first_name: string;
  last_name: string;
  user_type: string;
  entity_id: number;
  api_login: boolean;
}

export interface Segment {
  id: number;
  code: string | null;
  short_name: string | null;
  description?: string | null;
  member_id: number;
  taxonomy_id?: string | null;
}

export interface NewSegment {
  code: string;
  short_name: string;
  description: string;
  taxonomy_id: string;
}

export interface SharingRecord {
  id: number;
  data_member_id: number;
  buyer_member_id: number;
  segment_exposure: 'all' | 'list';
  segments: { id: number; name: string | null }[] | null;
}

export interface NewSharingRecord {
  buyer_member_id: number;
  segment_exposure: 'all' | 'list';
  segments?: { id: number }[];
}

export interface InstantLimits {
  instant_posts_per_second: number;
  instant_users_per_second: number;
  instant_reads_per_second: number;
}

/** One user of an instant call; `expiration` in minutes, 0 never expires, -1 removes. */
export interface InstantUser {
  user_id: string;
  seg_block: { seg_id: number; value: number; expiration: number }[];
}

export interface InstantAnswer {
  status: string;
  message: { users_in_request: number; segments_in_request: number };
  warnings: { message: string; entity: unknown }[];
}

export interface Membership {
  segment_id: number;
  code: string | null;
  member_id: number;
  value: number;
  added_at: string;
  /** Null: never. */
  expires_at: string | null;
  lifetime_minutes: number | null;
  source: string;
}

export interface LookedUpUser {
  user_id: string | null;
  domain: string | null;
  known: boolean;
  opted_out: boolean;
  mapped_until: string | null;
}

export interface UserLookup {
  user: LookedUpUser;
  memberships: Membership[];
}

/** How a user is named to the lookup; `domain` absent is a user id. */
export interface LookUpQuery {
  uid: string;
  domain?: string | undefined;
  member?: string | undefined;
  source?: string | undefined;
  type?: string | undefined;
}

export interface SegmentStats {
  segment_id: number;
  live_users: number | null;
  floor: number | null;
}

export interface ImportCounts {
  created: number;
  changed: number;
  unchanged: number;
}

/** Counts per kind of object (`members`, `users`, `segments`, …). */
export type ImportResult = Record<string, ImportCounts>;
