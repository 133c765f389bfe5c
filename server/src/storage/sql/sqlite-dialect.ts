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
import type { SqliteReply, SqliteRequest } from './sqlite-protocol.ts';

/** A statement that SQLite refused. The SQL is kept out of the message, because its text could reach a log. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** Kysely over a SQLite file that lives in a worker thread. */
export class SqliteWorkerDialect implements Dialect {
  readonly #file: string;
  constructor(file: string) {
    this.#file = file;
  }
  createDriver(): Driver {
    return new SqliteWorkerDriver(this.#file);
  }
  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
  createAdapter(): DialectAdapter {
    return new SqliteAdapter();
  }
  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }
}

/** One connection, lent to one borrower at a time: a transaction keeps it, everybody else waits in order. */
class SqliteWorkerDriver implements Driver {
  readonly #file: string;
  #connection: WorkerConnection | undefined;
  #lent: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {
    this.#connection = new WorkerConnection(this.#file);
    await this.#connection.run('select 1', []);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#lent;
    let release = (): void => {};
    this.#lent = new Promise((resolve) => (release = resolve));
    await before;
    this.#release = release;
    if (!this.#connection) throw new Error('the catalog is closed');
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release?.();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as WorkerConnection).run('begin immediate', []);
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as WorkerConnection).run('commit', []);
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as WorkerConnection).run('rollback', []);
  }

  async destroy(): Promise<void> {
    await this.#connection?.close();
    this.#connection = undefined;
  }
}

interface Waiting {
  readonly resolve: (reply: Exclude<SqliteReply, { error: unknown }>) => void;
  readonly reject: (error: Error) => void;
}

class WorkerConnection implements DatabaseConnection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(file: string) {
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: { file } });
    this.#worker.on('message', (reply: SqliteReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#failAll(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#failAll(new Error('the catalog thread has ended')));
  }

  run(sql: string, parameters: readonly unknown[]): Promise<Exclude<SqliteReply, { error: unknown }>> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, sql, parameters } satisfies SqliteRequest);
    });
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes } = await this.run(query.sql, query.parameters);
    return { rows: rows as Row[], numAffectedRows: BigInt(changes) };
  }

  // eslint-disable-next-line require-yield -- the interface asks for a generator; nothing here streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the catalog does not stream queries');
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#worker.once('exit', () => resolve());
      this.#worker.postMessage('close');
    });
  }

  #settle(reply: SqliteReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new SqliteError(reply.error.message, reply.error.code));
    else waiting?.resolve(reply);
  }

  #failAll(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
