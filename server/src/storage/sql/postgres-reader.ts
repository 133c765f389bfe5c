import { Pool } from 'pg';
import type { StatementLane, StatementResult } from './one-writer-driver.ts';
import { connectionConfig, ConnectionLost, failureOf, type PostgresPlace, runOn } from './postgres-connection.ts';

const idleMs = 60_000;

/** Connections that read what is committed. One that broke is replaced with the next question. */
export class PostgresReader implements StatementLane {
  readonly #pool: Pool;

  constructor(place: PostgresPlace) {
    this.#pool = new Pool({ ...connectionConfig(place), max: place.readers, idleTimeoutMillis: idleMs });
    // An idle connection that ends is taken out of the pool; nobody was waiting for it.
    this.#pool.on('error', () => undefined);
  }

  /** A read that meets a dead connection is asked once more, over a new one: after a restart of the database many are dead. */
  async run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    try {
      return await this.#runOnce(sql, parameters);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      return await this.#runOnce(sql, parameters);
    }
  }

  async #runOnce(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw failureOf(error);
    });
    let broken = false;
    try {
      return await runOn(client, sql, parameters);
    } catch (error) {
      broken = error instanceof ConnectionLost;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
