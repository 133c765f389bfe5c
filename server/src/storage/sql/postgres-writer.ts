import type { Client } from 'pg';
import { CommitInDoubt } from './catalog-unavailable.ts';
import type { StatementResult, WritingLane } from './one-writer-driver.ts';
import { connect, ConnectionLost, failureOf, type PostgresPlace, runOn } from './postgres-connection.ts';

/** Keys of advisory locks: 'FOYE' in ASCII, and what is locked. */
const lockSpace = 0x464f5945;
const ownerLock = 1;
const changeLock = 2;

/** Another server is the owner of the catalog in this database. */
export class CatalogOwned extends Error {
  override readonly name = 'CatalogOwned';
}

export interface WriterOptions {
  readonly place: PostgresPlace;
  /** False: a tool that changes the catalog beside the server that owns it. */
  readonly owner: boolean;
  /** The lock of an owner that was killed goes when its machine has told the database: for so long it is asked for again. */
  readonly patienceMs: number;
  /** Told when the connection is gone, and when it is back. */
  readonly onState: (state: 'lost' | 'back', why: string) => void;
  /** Another server has taken the catalog while this one was cut off from it. */
  readonly onRival: () => void;
}

/** A rival that is seen for so long is no remainder of our own lost connection. */
const rivalPatienceMs = 60_000;
/** No end: the longest time that a timer takes. */
const longestPatienceMs = 2 ** 31 - 1;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * The one connection that changes the catalog. The owner's lock belongs to this very connection: while it lives nobody else is the
 * owner, and when it is lost nothing can be changed until a new one has the lock again. So a server that was cut off cannot write
 * into a catalog that has another owner by now.
 */
export class PostgresWriter implements WritingLane {
  readonly #options: WriterOptions;
  #client: Client | undefined;
  #inTransaction: Client | undefined;
  #attempt: Promise<void> = Promise.resolve();
  #closed = false;
  /** Why it takes nothing at the moment. */
  #fault = 'the catalog is closed';
  #rivalSinceMs: number | undefined;
  #patienceMs: number | undefined;

  private constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** @throws CatalogOwned, CatalogUnavailable */
  static async open(options: WriterOptions): Promise<PostgresWriter> {
    const writer = new PostgresWriter(options);
    const deadline = performance.now() + options.patienceMs;
    for (;;) {
      try {
        await writer.#connect();
        return writer;
      } catch (error) {
        if (!passes(error) || performance.now() > deadline) throw error;
        await pause(firstPauseMs);
      }
    }
  }

  /** `ok`, or why nothing can be changed. */
  check(): string {
    return this.#client ? 'ok' : this.#fault;
  }

  throwIfEnded(): void {
    if (this.#closed) throw new Error('the catalog is closed');
  }

  async run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const client = this.#inTransaction ?? (await this.#connected());
    return await this.#watched(client, runOn(client, sql, parameters, this.#patienceMs));
  }

  /** Lets the statements of `work` take as long as they need: a migration of many rows is one statement. */
  async withoutHaste<T>(work: () => Promise<T>): Promise<T> {
    await this.run('set statement_timeout = 0', []);
    this.#patienceMs = longestPatienceMs;
    try {
      return await work();
    } finally {
      this.#patienceMs = undefined;
      // Where the connection was lost, the next one has the usual limit.
      await this.run('reset statement_timeout', []).catch(() => undefined);
    }
  }

  async begin(): Promise<void> {
    const client = await this.#connected();
    this.#inTransaction = client;
    try {
      // Besides the owner's lock, because tools may change the catalog while its server runs.
      await this.run(`begin; select pg_advisory_xact_lock(${lockSpace}, ${changeLock})`, []);
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  async commit(): Promise<void> {
    const client = this.#inTransaction;
    if (!client) throw new ConnectionLost(this.#fault);
    const { command } = await client.query('commit').catch((error: unknown) => {
      const failure = failureOf(error);
      if (!(failure instanceof ConnectionLost)) throw failure;
      this.#drop(client, failure.message);
      throw new CommitInDoubt(`the connection was lost while a change was being committed: ${failure.message}`);
    });
    this.#inTransaction = undefined;
    // PostgreSQL's answer where an earlier statement of the transaction failed.
    if (command === 'ROLLBACK') throw new Error('the transaction had failed before it was committed');
  }

  async rollback(): Promise<void> {
    const client = this.#inTransaction;
    this.#inTransaction = undefined;
    if (client) await client.query('rollback').catch(() => this.#drop(client, 'a transaction could not be undone'));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#attempt;
    await this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }

  /** The connection; where it is being made anew, once that attempt is over. */
  async #connected(): Promise<Client> {
    this.throwIfEnded();
    if (!this.#client) await this.#attempt;
    if (!this.#client) throw new ConnectionLost(this.#fault);
    return this.#client;
  }

  async #watched<T>(client: Client, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ConnectionLost) this.#drop(client, error.message);
      throw error;
    }
  }

  async #connect(): Promise<void> {
    const { place, owner } = this.#options;
    const client = await connect(place);
    try {
      if (owner) await takeLock(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once('end', () => this.#drop(client, 'the connection to the database was lost'));
    this.#client = client;
    this.#rivalSinceMs = undefined;
  }

  /** From here on nothing is changed until there is a connection that has the lock again. */
  #drop(client: Client, why: string): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#fault = why;
    void client.end().catch(() => undefined);
    if (this.#closed) return;
    this.#options.onState('lost', why);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let pauseMs = firstPauseMs; !this.#closed && !this.#client; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      this.#attempt = this.#connect().catch((error: unknown) => this.#note(error));
      await this.#attempt;
      if (!this.#client) await pause(pauseMs);
    }
    if (!this.#client || this.#closed) return;
    this.#options.onState('back', '');
  }

  #note(error: unknown): void {
    this.#fault = error instanceof Error ? error.message : String(error);
    if (!(error instanceof CatalogOwned)) return;
    this.#rivalSinceMs ??= performance.now();
    if (performance.now() - this.#rivalSinceMs < rivalPatienceMs) return;
    this.#closed = true;
    this.#options.onRival();
  }
}

/** The owner before us is just ending, or the database is just starting (57P03). */
const passes = (error: unknown): boolean =>
  error instanceof CatalogOwned || (error instanceof ConnectionLost && error.message.includes('57P03'));

async function takeLock(client: Client): Promise<void> {
  const { rows } = await runOn(client, `select pg_try_advisory_lock(${lockSpace}, ${ownerLock}) as taken`, []);
  if (!(rows[0] as { taken: boolean }).taken) throw new CatalogOwned('another server is the owner of the catalog in this database');
}

/** Does not keep the process from ending. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());
