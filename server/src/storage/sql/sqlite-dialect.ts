import { Worker } from 'node:worker_threads';
import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { CatalogUnavailable } from './catalog-unavailable.ts';
import { type DatabaseLanes, OneWriterDriver, type WritingLane } from './one-writer-driver.ts';
import type { SqlitePlace, SqliteReply, SqliteRequest } from './sqlite-protocol.ts';

/** A statement that SQLite refused. The SQL is kept out of the message, because its text could reach a log. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Kysely over a SQLite file that lives in worker threads. With `fsync` a change is on disk when it is acknowledged; with `os` it
 * survives the end of the process, not that of the machine (which loses the last changes and no more).
 */
export class SqliteWorkerDialect implements Dialect {
  readonly #place: SqlitePlace;
  constructor(file: string, durability: SqlitePlace['durability'] = 'fsync') {
    this.#place = { file, durability };
  }
  createDriver(): Driver {
    return new OneWriterDriver(() => openThreads(this.#place));
  }
  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
  createAdapter(): DialectAdapter {
    return new TwoThreadAdapter();
  }
  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }
}

/** Borrowers need not wait for each other here: the driver orders what must be ordered. */
class TwoThreadAdapter extends SqliteAdapter {
  /** So that a migration that fails leaves nothing behind. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Two threads on one file: one writes, and one reads what is committed without waiting for a transaction (SQLite's WAL). */
async function openThreads(place: SqlitePlace): Promise<DatabaseLanes> {
  const writer = new SqliteThread(place);
  const reader = new SqliteThread(place);
  const close = async (): Promise<void> => {
    await reader.close();
    await writer.close();
  };
  try {
    // The writer first: it makes the file.
    await writer.run('select 1', []);
    await reader.run('select 1', []);
  } catch (error) {
    await close();
    throw error;
  }
  return { writer, reader, close };
}

/** SQLITE_READONLY, IOERR, FULL and CANTOPEN, extended codes included: the file system's fault, not the statement's. */
const diskFailures = new Set([8, 10, 13, 14]);

function errorOf({ message, code }: { readonly message: string; readonly code: string }): Error {
  const number = Number(code.split(' ')[1] ?? 0) & 0xff;
  return diskFailures.has(number) ? new CatalogUnavailable(`${message} (${code})`) : new SqliteError(message, code);
}

type Done = Exclude<SqliteReply, { error: unknown }>;

interface Waiting {
  readonly resolve: (reply: Done) => void;
  readonly reject: (error: Error) => void;
}

/** One thread with one connection. Statements run in the order in which they are sent. */
class SqliteThread implements WritingLane {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  /** Why the thread takes nothing any more. */
  #failure: Error | undefined;

  constructor(place: SqlitePlace) {
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: place });
    this.#worker.on('message', (reply: SqliteReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#failAll(error instanceof Error ? error : new Error(String(error))));
    this.#ended = new Promise((resolve) =>
      this.#worker.once('exit', () => {
        this.#failAll(new Error('the catalog thread has ended'));
        resolve();
      }),
    );
  }

  throwIfEnded(): void {
    if (this.#failure) throw this.#failure;
  }

  run(sql: string, parameters: readonly unknown[]): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.throwIfEnded();
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, sql, parameters } satisfies SqliteRequest);
    });
  }

  async begin(): Promise<void> {
    await this.run('begin immediate', []);
  }
  async commit(): Promise<void> {
    await this.run('commit', []);
  }
  async rollback(): Promise<void> {
    await this.run('rollback', []).catch((error: unknown) => {
      // After a full disk SQLite has undone the transaction by itself.
      if (!(error instanceof SqliteError && error.message.includes('no transaction is active'))) throw error;
    });
  }

  close(): Promise<void> {
    this.#worker.postMessage('close');
    return this.#ended;
  }

  #settle(reply: SqliteReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(errorOf(reply.error));
    else waiting?.resolve(reply);
  }

  #failAll(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
