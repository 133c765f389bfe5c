/** LMDB in a process of its own (store-messages.ts): a packed profile for each user, one transaction a batch, binary keys and values. */
import { Buffer } from 'node:buffer';
import { rmSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { additionWords, userIdOf } from '../data/audience.ts';
import { nowS, systemClock } from '../../server/src/kit/clock.ts';
import type { Membership } from '../../server/src/profiles/profile-store.ts';
import { sourceToWord } from '../../server/src/profiles/source-word.ts';
import { userKey } from '../data/user-key.ts';
import { decodePacked, mergePacked } from './packed-profile.ts';
import { serveStore } from './serve-store.ts';
import type { StoreFigures, StoreOptions } from './store-messages.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import { loadBatchOf, type UpdateBatch } from './update-batch.ts';

const source = sourceToWord({ kind: 'instant', job: 0 });
/** Users in one transaction of the load, all users sorted: LMDB copies every page that a transaction touches. */
const usersPerLoad = 100_000;

interface LmdbBatch extends UpdateBatch {
  /** By key ascending, so that neighbours share pages. */
  readonly order: readonly number[];
  readonly keys: readonly Buffer[];
}

class LmdbStore implements StoreUnderTest<LmdbBatch> {
  readonly preparedBatches = 512;
  readonly profilesPerRead = 1;
  readonly readsUnderWay = 1;
  readonly #options: StoreOptions;
  readonly #database: RootDatabase<Buffer, Buffer>;
  #reads: readonly Buffer[] = [];

  private constructor(database: RootDatabase<Buffer, Buffer>, options: StoreOptions) {
    this.#database = database;
    this.#options = options;
  }

  static open(options: StoreOptions): LmdbStore {
    rmSync(options.directory, { recursive: true, force: true });
    const database = open<Buffer, Buffer>({
      path: options.directory,
      encoding: 'binary',
      keyEncoding: 'binary',
      noSync: options.durability === 'os',
    });
    return new LmdbStore(database, options);
  }

  async load(): Promise<number> {
    const { users, atS } = this.#options;
    let ms = 0;
    const userIds = BigUint64Array.from({ length: users }, (_, user) => userIdOf(user)).sort();
    for (let first = 0; first < users; first += usersPerLoad) {
      const batch = this.prepare(loadBatchOf(userIds.subarray(first, first + usersPerLoad), atS));
      const began = performance.now();
      await this.apply(batch);
      ms += performance.now() - began;
    }
    return ms / 1000;
  }

  prepare(batch: UpdateBatch): LmdbBatch {
    const keys = Array.from(batch.userIds, userKey);
    const order = keys.map((_, user) => user).toSorted((a, b) => (keys[a] ?? empty).compare(keys[b] ?? empty));
    return { ...batch, keys, order };
  }

  /** Transactions that are asked for together share one commit and one sync. */
  async apply({ keys, order, additions, perUser, atS }: LmdbBatch): Promise<void> {
    const database = this.#database;
    await database.transaction(() => {
      for (const user of order) {
        const key = keys[user] ?? empty;
        const merged = mergePacked(
          valueOf(database, key),
          { words: additions, at: user * perUser * additionWords, count: perUser },
          atS,
          source,
        );
        database.putSync(key, merged);
      }
    });
    // A commit may be told before it is on disk; the engine answers after.
    if (this.#options.durability === 'fsync') await database.flushed;
  }

  prepareReads(userIds: BigUint64Array): void {
    this.#reads = Array.from(userIds, userKey);
  }

  read(at: number): number {
    return decodePacked(valueOf(this.#database, this.#reads[at] ?? empty), nowS(systemClock)).length;
  }

  profileOf(userId: bigint): Promise<readonly Membership[]> {
    return Promise.resolve(decodePacked(valueOf(this.#database, userKey(userId)), nowS(systemClock)));
  }

  figures(): Promise<StoreFigures> {
    return Promise.resolve({ memberships: null, memoryBytes: null, membershipBytes: null, logBytes: null });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

const empty = Buffer.alloc(0);

/**
 * The bytes of a value, without a copy: all that reads here merges or decodes at once, before the next read overwrites them. The client
 * answers its one large buffer and tells the value's length as `length`; a typed array's own methods see all of it, hence the view.
 */
function valueOf(database: Database<Buffer, Buffer>, key: Buffer): Buffer | undefined {
  const found = database.getBinaryFast(key);
  return found?.subarray(0, found.length);
}

serveStore((options) => Promise.resolve(LmdbStore.open(options)));
