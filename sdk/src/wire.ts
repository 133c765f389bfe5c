import type { UserLookup } from './generated/wire.ts';

/** Shapes on the wire that the server has no schema of. Those that it has are in generated/wire.ts. */

export type Membership = UserLookup['memberships'][number];

export interface Backup {
  directory: string;
  /** ISO 8601. */
  made_at: string;
  users: number;
  memberships: number;
  catalog_bytes: number;
}

export interface InstantAnswer {
  status: string;
  message: { users_in_request: number; segments_in_request: number };
  warnings: { message: string; entity: unknown }[];
}

export interface ImportCounts {
  created: number;
  changed: number;
  unchanged: number;
}

/** Counts per kind of object (`members`, `users`, `segments`, …). */
export type ImportResult = Record<string, ImportCounts>;
