import { Worker } from 'node:worker_threads';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { CatalogUnavailable } from './catalog-unavailable.ts';
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
    return new SqliteWorkerDriver(this.#place);
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

/**
 * Two threads on one file: one writes and runs transactions, one at a time and in order; one reads what is committed, and never
 * waits for a transaction (SQLite's WAL), so that a long one does not hold up every other call.
 */
class SqliteWorkerDriver implements Driver {
  readonly #place: SqlitePlace;
  #threads: Threads | undefined;

  constructor(place: SqlitePlace) {
    this.#place = place;
  }

  async init(): Promise<void> {
    const writer = new SqliteThread(this.#place);
    const reader = new SqliteThread(this.#place);
    try {
      // The writer first: it makes the file.
      await writer.run('select 1', []);
      await reader.run('select 1', []);
    } catch (error) {
      await Promise.all([writer.close(), reader.close()]);
      throw error;
    }
    this.#threads = { writer, reader, turn: new Turn() };
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#threads) throw new Error('the catalog is closed');
    return new Lease(this.#threads);
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as Lease).release();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Lease).begin();
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Lease).end('commit');
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Lease).end('rollback').catch((error: unknown) => {
      // After a full disk SQLite has undone the transaction by itself; what brought us here is the error to tell.
      if (!(error instanceof SqliteError && error.message.includes('no transaction is active'))) throw error;
    });
  }

  async destroy(): Promise<void> {
    const threads = this.#threads;
    this.#threads = undefined;
    await threads?.reader.close();
    await threads?.writer.close();
  }
}

interface Threads {
  readonly writer: SqliteThread;
  readonly reader: SqliteThread;
  /** Held while a transaction or a single change is at the writer. */
  readonly turn: Turn;
}

/** Lets one in at a time, in the order of asking. */
class Turn {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn; the answer ends it. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let end = (): void => {};
    this.#last = new Promise((resolve) => (end = resolve));
    await before;
    return end;
  }
}

/** What a borrower gets: it goes to the writer with a transaction or a change, and to the reader with everything else. */
class Lease implements DatabaseConnection {
  readonly #threads: Threads;
  #endTurn: (() => void) | undefined;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  async begin(): Promise<void> {
    this.#endTurn = await this.#threads.turn.take();
    await this.#threads.writer.run('begin immediate', []);
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await this.#threads.writer.run(how, []);
  }

  release(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  async executeQuery<Row>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Row>> {
    const { writer, reader, turn } = this.#threads;
    if (this.#endTurn) return resultOf(await writer.run(sql, parameters));
    if (query.kind === 'SelectQueryNode') {
      // A catalog that can be read and not changed is no catalog: readiness must tell.
      writer.throwIfEnded();
      return resultOf(await reader.run(sql, parameters));
    }
    const end = await turn.take();
    try {
      return resultOf(await writer.run(sql, parameters));
    } finally {
      end();
    }
  }

  // eslint-disable-next-line require-yield -- the interface asks for a generator; nothing here streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the catalog does not stream queries');
  }
}

const resultOf = <Row>({ rows, changes }: Done): QueryResult<Row> => ({ rows: rows as Row[], numAffectedRows: BigInt(changes) });

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
class SqliteThread {
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
