import { type Dialect, Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Clock } from '../../kit/clock.ts';
import { RefusedFault } from '../../kit/refusal.ts';
import { CatalogChange, type ChangeContext } from './catalog-change.ts';
import type { CatalogReader, CatalogTables, CatalogTransaction, Touched } from './catalog-schema.ts';
import { CatalogUnavailable } from './catalog-unavailable.ts';
import * as catalog0001 from './migrations/0001-catalog.ts';
import * as catalogState0002 from './migrations/0002-catalog-state.ts';
import * as publicKey0003 from './migrations/0003-public-key.ts';
import * as memberSettings0004 from './migrations/0004-member-settings.ts';
import * as segmentAccessRequest0005 from './migrations/0005-segment-access-request.ts';
import * as notice0006 from './migrations/0006-notice.ts';
import * as task0007 from './migrations/0007-task.ts';
import * as segmentLists0008 from './migrations/0008-segment-lists.ts';
import * as syncDay0009 from './migrations/0009-sync-day.ts';
import * as reachAnswer0010 from './migrations/0010-reach-answer.ts';
import * as batchSegmentJob0011 from './migrations/0011-batch-segment-job.ts';
import * as exchange0012 from './migrations/0012-exchange.ts';

/** Forward only: a migration that has landed is never edited, the next one follows it. */
const migrations: Record<string, Migration> = {
  '0001-catalog': catalog0001,
  '0002-catalog-state': catalogState0002,
  '0003-public-key': publicKey0003,
  '0004-member-settings': memberSettings0004,
  '0005-segment-access-request': segmentAccessRequest0005,
  '0006-notice': notice0006,
  '0007-task': task0007,
  '0008-segment-lists': segmentLists0008,
  '0009-sync-day': syncDay0009,
  '0010-reach-answer': reachAnswer0010,
  '0011-batch-segment-job': batchSegmentJob0011,
  '0012-exchange': exchange0012,
};

/** In the order in which they are made. */
export const knownMigrations: readonly string[] = Object.keys(migrations).sort();

/** Tells other processes of a change, inside its transaction: they hear of it when it is committed. */
export type Announce = (transaction: CatalogTransaction, touched: Touched) => Promise<void>;

/** The database's own words for a file that is not what it should be. */
const damage = /not a database|malformed/i;

/** What should be the catalog cannot be read as one. Nothing was changed. */
export class CatalogDamaged extends Error {
  override readonly name = 'CatalogDamaged';
}

/**
 * The catalog plane: members, accounts, segments, sharing, audit. Reading goes through `read`; every change goes through
 * `change`, which writes the audit trail in the same transaction and tells the catalog view what to renew before it returns.
 */
export class Catalog {
  readonly read: CatalogReader;
  readonly #clock: Clock;
  readonly #announce: Announce;
  #afterCommit: (touched: Touched) => Promise<void> = async () => {};

  private constructor(database: CatalogReader, clock: Clock, announce: Announce) {
    this.read = database;
    this.#clock = clock;
    this.#announce = announce;
  }

  /** Opens the database and brings its tables up to date. Fails with the migration's own error; nothing is left half done. */
  static async open(dialect: Dialect, clock: Clock, announce: Announce = async () => {}): Promise<Catalog> {
    const database = new Kysely<CatalogTables>({ dialect });
    const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) {
      await database.destroy();
      const fault = error instanceof Error ? error.message : String(error);
      if (damage.test(fault)) throw new CatalogDamaged(`the catalog is damaged: ${fault}`, { cause: error });
      const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the first step';
      throw new Error(`the catalog could not be brought up to date at ${failed}`, { cause: error });
    }
    return new Catalog(database, clock, announce);
  }

  /** Who is told of committed changes. The promise is awaited before `change` returns, so the next call sees the change. */
  onCommit(listener: (touched: Touched) => Promise<void>): void {
    this.#afterCommit = listener;
  }

  /**
   * Runs `work` in one transaction. What it throws undoes everything. Events recorded by `work` are written with it.
   * Await nothing but queries inside: no HTTP, no files. @throws Refusal catalog.unavailable (503) where the disk fails or the
   * database cannot be reached, catalog.inDoubt where it was lost at the commit
   */
  async change<T>(context: ChangeContext, work: (change: CatalogChange) => Promise<T>): Promise<T> {
    let touched: Touched = new Map();
    const made = this.read.transaction().execute(async (transaction) => {
      const change = new CatalogChange(transaction, context, this.#clock.nowMs());
      const outcome = await work(change);
      await change.writeEvents();
      touched = change.touched;
      if (touched.size > 0) await this.#announce(transaction, touched);
      return outcome;
    });
    const result = await made.catch((error: unknown) => {
      throw error instanceof RefusedFault ? error.refused() : error;
    });
    if (touched.size > 0) await this.#afterCommit(touched);
    return result;
  }

  /** `ok`, or a short text on why the catalog cannot be read. */
  async check(): Promise<string> {
    try {
      await this.read.selectFrom('id_sequence').select('name').limit(1).execute();
      return 'ok';
    } catch (error) {
      // Its message may name machines, and anybody may ask.
      if (error instanceof CatalogUnavailable) return 'cannot be reached';
      return error instanceof Error ? error.message.slice(0, 100) : 'cannot be read';
    }
  }

  async close(): Promise<void> {
    await this.read.destroy();
  }
}
