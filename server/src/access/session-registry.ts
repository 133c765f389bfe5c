import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import { asAccountId, type AccountId } from '../kit/ids.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';

/** A session dies this long after its last call, and this long after its login (Authentication Process). */
const idleLifeMs = 2 * 3_600_000;
const wholeLifeMs = 24 * 3_600_000;
/** How exactly the last call is kept on disk. */
const lastUsedGrainMs = 60_000;

interface Session {
  readonly accountId: AccountId;
  readonly createdOn: number;
  lastUsedOn: number;
  savedOn: number;
}

/** Tokens whose hash is kept at hand; more than are used at one time. */
const mostHashesKept = 4096;

const hashed = (token: string): string => hash('sha256', token, 'hex');

/**
 * Tokens in force, by their hash: in memory for every call, in the catalog to outlive the process. Tokens themselves are never
 * written down, and are kept in memory only while they are in force.
 */
export class SessionRegistry {
  readonly #db: CatalogReader;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  #operatorHash: string | undefined;
  /**
   * The hashes of tokens that were found in force: it saves hashing, and decides nothing; every call asks `#sessions` and the clock.
   * Emptied whenever a session ends, so that no token outlives its session here. That a token is found faster tells only who has it:
   * it must be right in whole to be found, and Map compares by a hash that is seeded for each process.
   */
  readonly #hashes = new Map<string, string>();

  private constructor(db: CatalogReader, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  static async load(db: CatalogReader, clock: Clock): Promise<SessionRegistry> {
    const registry = new SessionRegistry(db, clock);
    for (const row of await db.selectFrom('session').selectAll().execute()) {
      registry.#sessions.set(row.token_hash, {
        accountId: asAccountId(row.account_id),
        createdOn: row.created_on,
        lastUsedOn: row.last_used_on,
        savedOn: row.last_used_on,
      });
    }
    return registry;
  }

  /** Makes the token of the operator on this machine: an administrator for the life of the process. */
  createOperatorToken(): string {
    const token = `foyer-operator-${randomBytes(32).toString('base64url')}`;
    this.#operatorHash = hashed(token);
    return token;
  }

  /** Makes a session and answers its token. Durable when it resolves. */
  async create(accountId: AccountId): Promise<string> {
    const token = `foyer-${randomBytes(32).toString('base64url')}`;
    const nowMs = this.#clock.nowMs();
    await this.#db
      .insertInto('session')
      .values({ token_hash: hashed(token), account_id: accountId, created_on: nowMs, last_used_on: nowMs })
      .execute();
    this.#sessions.set(hashed(token), { accountId, createdOn: nowMs, lastUsedOn: nowMs, savedOn: nowMs });
    return token;
  }

  /** Whose token is it? The session's life is renewed by the question. */
  find(token: string): { readonly accountId: AccountId } | 'operator' | undefined {
    const known = this.#hashes.get(token);
    const key = known ?? hashed(token);
    const found = this.#inForce(key);
    if (found === undefined) this.#hashes.delete(token);
    else if (known === undefined) this.#keepHash(token, key);
    return found;
  }

  #inForce(key: string): Session | 'operator' | undefined {
    if (key === this.#operatorHash) return 'operator';
    const session = this.#sessions.get(key);
    if (!session) return undefined;
    const nowMs = this.#clock.nowMs();
    if (nowMs >= session.lastUsedOn + idleLifeMs || nowMs >= session.createdOn + wholeLifeMs) return undefined;
    session.lastUsedOn = nowMs;
    return session;
  }

  /** Ends one session. */
  async end(token: string): Promise<void> {
    const key = hashed(token);
    this.#end(key);
    await this.#db.deleteFrom('session').where('token_hash', '=', key).execute();
  }

  #keepHash(token: string, key: string): void {
    if (this.#hashes.size >= mostHashesKept) this.#hashes.clear();
    this.#hashes.set(token, key);
  }

  #end(key: string): void {
    this.#sessions.delete(key);
    this.#hashes.clear();
  }

  /** Ends an account's sessions, but not the one whose token is given. */
  async endOthers(accountId: AccountId, keptToken: string | undefined): Promise<void> {
    const kept = keptToken === undefined ? '' : hashed(keptToken);
    for (const [key, session] of this.#sessions) if (session.accountId === accountId && key !== kept) this.#end(key);
    await this.#db.deleteFrom('session').where('account_id', '=', accountId).where('token_hash', '!=', kept).execute();
  }

  /** Writes the times of last use that have moved, and forgets what is over. To be called now and then, and once at the end. */
  async save(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    for (const [key, session] of this.#sessions) {
      if (nowMs >= session.lastUsedOn + idleLifeMs || nowMs >= session.createdOn + wholeLifeMs) {
        this.#end(key);
        await this.#db.deleteFrom('session').where('token_hash', '=', key).execute();
      } else if (session.lastUsedOn - session.savedOn >= lastUsedGrainMs) {
        session.savedOn = session.lastUsedOn;
        await this.#db.updateTable('session').set({ last_used_on: session.lastUsedOn }).where('token_hash', '=', key).execute();
      }
    }
  }
}
