import { Pool, type QueryResult } from 'pg';
import { asSegmentId } from '../../server/src/kit/ids.ts';
import type { Membership } from '../../server/src/profiles/profile-store.ts';
import { sourceFromWord } from '../../server/src/profiles/source-word.ts';
import { postgresUser } from './postgres-server.ts';

/** Pages keep room for new versions of their rows, so that an update need not touch the index. */
const createTable = `
  CREATE TABLE membership (
    user_id int8 NOT NULL, segment_id int4 NOT NULL, value int4 NOT NULL,
    added_at_s int4 NOT NULL, lifetime_minutes int4 NOT NULL, source int4 NOT NULL
  ) WITH (fillfactor = 80)`;

const upsert = `
  INSERT INTO membership (user_id, segment_id, value, added_at_s, lifetime_minutes, source)
  SELECT user_id, segment_id, value, $5, lifetime_minutes, $6
  FROM unnest($1::int8[], $2::int4[], $3::int4[], $4::int4[]) AS added (user_id, segment_id, value, lifetime_minutes)
  ON CONFLICT (user_id, segment_id) DO UPDATE SET
    value = excluded.value, added_at_s = excluded.added_at_s,
    lifetime_minutes = excluded.lifetime_minutes, source = excluded.source`;

const selectLive = `
  SELECT user_id, segment_id, value, added_at_s, lifetime_minutes, source FROM membership
  WHERE user_id = ANY ($1::int8[]) AND added_at_s::int8 + lifetime_minutes::int8 * 60 > $2 ORDER BY user_id, segment_id`;
const selectLiveOfOne = selectLive.replace('= ANY ($1::int8[])', '= $1');

/** One membership to be written. User ids are those of the database: signed. */
export interface UpsertRow {
  readonly userId: bigint;
  readonly segment: number;
  readonly value: number;
  readonly lifetimeMinutes: number;
}

/** Arrays as PostgreSQL reads them, made by joining: the client's own way of making them is slower. */
export interface UpsertColumns {
  readonly users: string;
  readonly segments: string;
  readonly values: string;
  readonly lifetimes: string;
}

/** The database's form of a user id: its 64 bits, signed. */
export const databaseUserId = (userId: bigint): bigint => BigInt.asIntN(64, userId);

/**
 * The rows as columns, in the order of the primary key: neighbours share pages, and calls that write the same rows at once wait for each
 * other instead of locking each other out.
 */
export function upsertColumns(rows: readonly UpsertRow[]): UpsertColumns {
  const sorted = rows.toSorted((a, b) => (a.userId === b.userId ? a.segment - b.segment : a.userId < b.userId ? -1 : 1));
  const column = (of: (row: UpsertRow) => unknown): string => `{${sorted.map(of).join(',')}}`;
  return {
    users: column(({ userId }) => userId),
    segments: column(({ segment }) => segment),
    values: column(({ value }) => value),
    lifetimes: column(({ lifetimeMinutes }) => lifetimeMinutes),
  };
}

interface LiveRow {
  readonly user_id: string;
  readonly segment_id: number;
  readonly value: number;
  readonly added_at_s: number;
  readonly lifetime_minutes: number;
  readonly source: number;
}

/** Memberships as rows in PostgreSQL; every statement is a transaction of its own and prepared once on each connection. */
export class PostgresProfiles {
  readonly #pool: Pool;

  constructor(port: number, connections: number) {
    this.#pool = new Pool({ host: '127.0.0.1', port, user: postgresUser, database: 'postgres', max: connections, idleTimeoutMillis: 0 });
  }

  /** Replaces everything by the rows of a file that the database server can read: user, segment, value, added, lifetime, source. */
  async load(file: string): Promise<void> {
    const connection = await this.#pool.connect();
    try {
      await connection.query('DROP TABLE IF EXISTS membership');
      await connection.query('BEGIN');
      await connection.query(createTable);
      await connection.query(`COPY membership FROM '${file.replaceAll("'", "''")}' WITH (FREEZE)`);
      await connection.query('COMMIT');
      await connection.query('ALTER TABLE membership ADD PRIMARY KEY (user_id, segment_id)');
      await connection.query('ANALYZE membership');
      await connection.query('CHECKPOINT');
    } finally {
      connection.release();
    }
  }

  upsert({ users, segments, values, lifetimes }: UpsertColumns, atS: number, source: number): Promise<QueryResult> {
    return this.#pool.query({ name: 'upsert', text: upsert, values: [users, segments, values, lifetimes, atS, source] });
  }

  async profile(userId: bigint, nowS: number): Promise<Membership[]> {
    const { rows } = await this.#pool.query<LiveRow>({
      name: 'profile',
      text: selectLiveOfOne,
      values: [databaseUserId(userId).toString(), nowS],
    });
    return rows.map(membershipOf);
  }

  /** Answers how many memberships all these users have; every row becomes a membership. */
  async profiles(databaseUserIds: string, nowS: number): Promise<number> {
    const { rows } = await this.#pool.query<LiveRow>({ name: 'profiles', text: selectLive, values: [databaseUserIds, nowS] });
    return rows.map(membershipOf).length;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

const membershipOf = (row: LiveRow): Membership => ({
  segment: asSegmentId(row.segment_id),
  value: row.value,
  addedAtS: row.added_at_s,
  lifetimeMinutes: row.lifetime_minutes,
  source: sourceFromWord(row.source),
});
