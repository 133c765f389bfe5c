import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Client } from 'pg';
import type { CatalogTables, CatalogTransaction, Touched } from './catalog-schema.ts';
import type { FollowedView } from './catalog-place.ts';
import { connect, type PostgresPlace, runOn } from './postgres-connection.ts';

const channel = 'foyer_catalog';
/** PostgreSQL takes less than 8,000 bytes. */
const longestNews = 7_900;
const checkIntervalMs = 15_000;
/** News that are on their way when the version is looked at get so long to arrive. */
const newsTimeMs = 1_000;
const pausesMs = [100, 500, 2_000, 5_000] as const;

interface News {
  /** The process that made the change. */
  readonly from: string;
  readonly version: number;
  readonly touched: readonly (readonly [keyof CatalogTables, readonly number[] | null])[];
}

/**
 * Keeps the catalog view in step with changes that other processes make. Each change counts the catalog's version up and tells what
 * it touched by NOTIFY. News can be lost with a connection and nobody hears of it; so all is read again after a reconnect, and now and then
 * the version is compared with the versions that were heard of.
 */
export class PostgresChanges {
  readonly #place: PostgresPlace;
  readonly #onFailure: (error: unknown) => void;
  readonly #self = randomUUID();
  /** All versions up to here are in the view, and these beyond. */
  #seenUpTo = 0;
  readonly #seenBeyond = new Set<number>();
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** News are worked through one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(place: PostgresPlace, onFailure: (error: unknown) => void) {
    this.#place = place;
    this.#onFailure = onFailure;
  }

  /** To be called inside the transaction of a change. */
  async announce(transaction: CatalogTransaction, touched: Touched): Promise<void> {
    const { version } = await transaction
      .updateTable('catalog_state')
      .set((eb) => ({ version: eb('version', '+', 1) }))
      .returning('version')
      .executeTakeFirstOrThrow();
    const news = (rows: boolean): string =>
      JSON.stringify({
        from: this.#self,
        version,
        touched: [...touched].map(([table, ids]) => [table, rows && ids ? [...ids] : null]),
      } satisfies News);
    const text = news(true);
    await sql`select pg_notify(${channel}, ${text.length <= longestNews ? text : news(false)})`.execute(transaction);
  }

  /** To be called before the view is loaded: what is changed from now on is heard of or found missing. */
  async begin(db: Kysely<CatalogTables>): Promise<void> {
    this.#seenUpTo = await versionOf(db);
  }

  /** From now on the view follows. */
  async follow(db: Kysely<CatalogTables>, view: FollowedView): Promise<void> {
    await this.#listen(view);
    await this.#compare(db, view, 'final');
    this.#timer = setInterval(() => this.#enqueue(() => this.#compare(db, view, 'patient')), checkIntervalMs);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#client?.end().catch(() => undefined);
    await this.#work;
  }

  async #listen(view: FollowedView): Promise<void> {
    const client = await connect(this.#place);
    client.on('notification', ({ payload = '' }) => this.#enqueue(() => this.#hear(payload, view)));
    client.once('end', () => void this.#listenAgain(view));
    this.#client = client;
    await runOn(client, `listen ${channel}`, []);
  }

  async #listenAgain(view: FollowedView): Promise<void> {
    this.#client = undefined;
    for (let at = 0; !this.#closed && !this.#client; at++) {
      await new Promise((resolve) => void setTimeout(resolve, pausesMs[Math.min(at, pausesMs.length - 1)]).unref());
      if (!this.#closed) await this.#listen(view).catch(() => undefined);
    }
    if (!this.#closed) this.#enqueue(() => view.reload());
  }

  async #hear(payload: string, view: FollowedView): Promise<void> {
    const news = readNews(payload);
    if (!news) return await view.reload();
    if (news.from !== this.#self) await view.renew(new Map(news.touched.map(([table, ids]) => [table, ids && new Set(ids)])));
    if (news.version > this.#seenUpTo) this.#seenBeyond.add(news.version);
    while (this.#seenBeyond.delete(this.#seenUpTo + 1)) this.#seenUpTo += 1;
  }

  /** Reads all again where the catalog has versions that nobody told of, once news that are on their way had time to arrive. */
  async #compare(db: Kysely<CatalogTables>, view: FollowedView, how: 'patient' | 'final'): Promise<void> {
    const version = await versionOf(db);
    if (!this.#misses(version)) return;
    if (how === 'patient') {
      setTimeout(() => this.#enqueue(() => this.#compare(db, view, 'final')), newsTimeMs).unref();
      return;
    }
    await view.reload();
    this.#seenUpTo = version;
    for (const each of this.#seenBeyond) if (each <= version) this.#seenBeyond.delete(each);
  }

  /** A version below what was heard of: somebody has put an older catalog back. */
  #misses(version: number): boolean {
    for (let each = this.#seenUpTo + 1; each <= version; each++) if (!this.#seenBeyond.has(each)) return true;
    return version < this.#seenUpTo;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      if (!this.#closed) this.#onFailure(error);
    });
  }
}

async function versionOf(db: Kysely<CatalogTables>): Promise<number> {
  return (await db.selectFrom('catalog_state').select('version').executeTakeFirstOrThrow()).version;
}

/** Undefined for what a person has sent by hand: `notify foyer_catalog` lets all servers read the catalog again. */
function readNews(payload: string): News | undefined {
  try {
    const news = JSON.parse(payload) as Partial<News>;
    return typeof news.version === 'number' && Array.isArray(news.touched) ? (news as News) : undefined;
  } catch {
    return undefined;
  }
}
