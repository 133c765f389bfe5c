import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';

/** What a statement did. */
export interface StatementResult {
  readonly rows: readonly object[];
  readonly changes: number;
}

/** Runs single statements. */
export interface StatementLane {
  run(sql: string, parameters: readonly unknown[]): Promise<StatementResult>;
}

/** The one connection that changes the catalog. */
export interface WritingLane extends StatementLane {
  begin(): Promise<void>;
  commit(): Promise<void>;
  /** Never fails because there is nothing to undo any more: what brought us here is the error to tell. */
  rollback(): Promise<void>;
  /** @throws where it will never take anything again. */
  throwIfEnded(): void;
}

/** A database, as far as the catalog needs it: one who writes, and readers of what is committed. */
export interface DatabaseLanes {
  readonly writer: WritingLane;
  readonly reader: StatementLane;
  close(): Promise<void>;
}

/**
 * Transactions and single changes go through one connection, one at a time and in the order of asking; reads outside of them see
 * what is committed and never wait for a transaction, so that a long one does not hold up every other call. The same for every
 * database: what the catalog's code may rely on comes from here.
 */
export class OneWriterDriver implements Driver {
  readonly #open: () => Promise<DatabaseLanes>;
  #parts: Parts | undefined;

  constructor(open: () => Promise<DatabaseLanes>) {
    this.#open = open;
  }

  async init(): Promise<void> {
    this.#parts = { lanes: await this.#open(), turn: new Turn() };
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#parts) throw new Error('the catalog is closed');
    return new Lease(this.#parts);
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as Lease).release();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Lease).begin();
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Lease).commit();
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Lease).rollback();
  }

  async destroy(): Promise<void> {
    const parts = this.#parts;
    this.#parts = undefined;
    await parts?.lanes.close();
  }
}

interface Parts {
  readonly lanes: DatabaseLanes;
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

/** What a borrower gets: it goes to the writer with a transaction or a change, and to a reader with everything else. */
class Lease implements DatabaseConnection {
  readonly #lanes: DatabaseLanes;
  readonly #turn: Turn;
  #endTurn: (() => void) | undefined;

  constructor({ lanes, turn }: Parts) {
    this.#lanes = lanes;
    this.#turn = turn;
  }

  async begin(): Promise<void> {
    this.#endTurn = await this.#turn.take();
    await this.#lanes.writer.begin();
  }
  commit(): Promise<void> {
    return this.#lanes.writer.commit();
  }
  rollback(): Promise<void> {
    return this.#lanes.writer.rollback();
  }

  release(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  async executeQuery<Row>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Row>> {
    const { writer, reader } = this.#lanes;
    if (this.#endTurn) return resultOf(await writer.run(sql, parameters));
    if (query.kind === 'SelectQueryNode') {
      // A catalog that can be read and not changed is no catalog: readiness must tell.
      writer.throwIfEnded();
      return resultOf(await reader.run(sql, parameters));
    }
    const end = await this.#turn.take();
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

const resultOf = <Row>({ rows, changes }: StatementResult): QueryResult<Row> => ({
  rows: rows as Row[],
  numAffectedRows: BigInt(changes),
});
