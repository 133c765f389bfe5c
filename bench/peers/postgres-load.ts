import { Client } from 'pg';
import { CpuMeter } from '../load/cpu-meter.ts';
import { postgresUser } from './postgres-server.ts';

/** One load of all rows. */
export interface PeerLoad {
  readonly seconds: number;
  /** Processor time of all that worked on it, in seconds; null where it cannot be told. */
  readonly cpu: number | null;
}

/** Rows are staged as they are in the file; what is written is in order of the key, which its index takes fastest. */
const staging = 'CREATE UNLOGGED TABLE staged (user_id int8 NOT NULL, segment_id int4 NOT NULL)';
const target = `
  CREATE TABLE loaded (
    user_id int8 NOT NULL, segment_id int4 NOT NULL, value int4 NOT NULL,
    added_at_s int4 NOT NULL, lifetime_minutes int4 NOT NULL, source int4 NOT NULL, PRIMARY KEY (user_id, segment_id)
  ) WITH (fillfactor = 80)`;
const merge = `
  INSERT INTO loaded (user_id, segment_id, value, added_at_s, lifetime_minutes, source)
  SELECT user_id, segment_id, 0, $1::int4, $2::int4, 0 FROM staged ORDER BY user_id, segment_id
  ON CONFLICT (user_id, segment_id) DO UPDATE SET
    value = excluded.value, added_at_s = excluded.added_at_s,
    lifetime_minutes = excluded.lifetime_minutes, source = excluded.source`;

/** How PostgreSQL takes a file: COPY into a table that is not logged, then one statement that merges it. The file is parsed before. */
export class PostgresLoad {
  readonly #client: Client;
  readonly #backend: number;

  private constructor(client: Client, backend: number) {
    this.#client = client;
    this.#backend = backend;
  }

  static async connect(port: number): Promise<PostgresLoad> {
    const client = new Client({ host: '127.0.0.1', port, user: postgresUser, database: 'postgres' });
    await client.connect();
    // As much as a loader may have for itself: the sort stays in memory as far as it can.
    await client.query(`SET work_mem = '1GB'`);
    const { rows } = await client.query<{ readonly pid: number }>('SELECT pg_backend_pid() AS pid');
    return new PostgresLoad(client, rows[0]?.pid ?? 0);
  }

  /** Empty tables. */
  async clear(): Promise<void> {
    for (const statement of ['DROP TABLE IF EXISTS staged, loaded', staging, target, 'CHECKPOINT']) await this.#client.query(statement);
  }

  /** @param rowsFile of `writeRowsFile`; the database server reads it itself */
  async load(rowsFile: string, atS: number, minutes: number): Promise<PeerLoad> {
    const meter = new CpuMeter(this.#backend);
    meter.begin();
    const began = performance.now();
    await this.#client.query('TRUNCATE staged');
    await this.#client.query(`COPY staged FROM '${rowsFile.replaceAll("'", "''")}'`);
    await this.#client.query(merge, [atS, minutes]);
    return { seconds: (performance.now() - began) / 1000, cpu: meter.end()?.server ?? null };
  }

  async count(): Promise<number> {
    const { rows } = await this.#client.query<{ readonly count: string }>('SELECT count(*) AS count FROM loaded');
    return Number(rows[0]?.count);
  }

  async close(): Promise<void> {
    await this.#client.query('DROP TABLE IF EXISTS staged, loaded');
    await this.#client.end();
  }
}
