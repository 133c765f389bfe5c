/** The profile engine alone, in a process of its own: durable batches and reads, without HTTP. Talks by IPC (store-messages.ts). */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { additionWords } from '../data/audience.ts';
import { nowS, systemClock } from '../../server/src/kit/clock.ts';
import { asSegmentId, asUserId } from '../../server/src/kit/ids.ts';
import type { EmbeddedProfileStore } from '../../server/src/profiles/embedded/embedded-profile-store.ts';
import type { Identifier } from '../../server/src/profiles/identifier.ts';
import { OperationBatch } from '../../server/src/profiles/operation-batch.ts';
import type { Membership, ProfileStats, ProfileStore, Source } from '../../server/src/profiles/profile-store.ts';
import { serveStore } from './serve-store.ts';
import type { StoreFigures, StoreOptions } from './store-messages.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import { loadBatch, type UpdateBatch, usersPerBatch } from './update-batch.ts';

const source: Source = { kind: 'instant', job: 0 };
const identifierOf = (userId: bigint): Identifier => ({ kind: 'user', id: asUserId(userId) });

/** Engines of other checkouts may not know all that today's tells. */
type KnownStats = Partial<ProfileStats>;

class EngineStore implements StoreUnderTest<OperationBatch> {
  readonly preparedBatches = 2000;
  readonly profilesPerRead = 1;
  readonly readsUnderWay = 1;
  readonly #store: ProfileStore;
  readonly #options: StoreOptions;
  readonly #empty: KnownStats;
  #reads: readonly Identifier[] = [];

  private constructor(store: ProfileStore, options: StoreOptions) {
    this.#store = store;
    this.#options = options;
    this.#empty = store.stats();
  }

  static async open(options: StoreOptions): Promise<EngineStore> {
    rmSync(options.directory, { recursive: true, force: true });
    const file = join(options.checkout, 'server', 'src', 'profiles', 'embedded', 'embedded-profile-store.ts');
    const engine = (await import(pathToFileURL(file).href)) as { readonly EmbeddedProfileStore: typeof EmbeddedProfileStore };
    const { directory, durability } = options;
    return new EngineStore(await engine.EmbeddedProfileStore.open({ directory, clock: systemClock, durability, hashSeed: 1 }), options);
  }

  async load(): Promise<number> {
    const { users, atS } = this.#options;
    let ms = 0;
    for (let first = 0; first < users; first += usersPerBatch) {
      const batch = this.prepare(loadBatch(first, Math.min(first + usersPerBatch, users), atS));
      const began = performance.now();
      await this.#store.apply(batch, { source });
      ms += performance.now() - began;
    }
    return ms / 1000;
  }

  prepare({ userIds, perUser, additions, atS }: UpdateBatch): OperationBatch {
    const batch = new OperationBatch();
    for (const [user, userId] of userIds.entries()) {
      batch.forUser(identifierOf(userId));
      const end = (user + 1) * perUser * additionWords;
      for (let at = user * perUser * additionWords; at < end; at += additionWords)
        batch.add(asSegmentId(additions[at] ?? 0), additions[at + 1] ?? 0, atS, additions[at + 2] ?? 0);
    }
    return batch;
  }

  apply(batch: OperationBatch): Promise<unknown> {
    return this.#store.apply(batch, { source });
  }

  prepareReads(userIds: BigUint64Array): void {
    this.#reads = Array.from(userIds, identifierOf);
  }

  read(at: number): number | Promise<number> {
    const identifier = this.#reads[at];
    if (!identifier) throw new Error('no read is prepared');
    const profile = this.#store.get(identifier);
    return profile instanceof Promise ? profile.then(({ memberships }) => memberships.length) : profile.memberships.length;
  }

  async profileOf(userId: bigint): Promise<readonly Membership[]> {
    return (await this.#store.get(identifierOf(userId))).memberships;
  }

  async figures(): Promise<StoreFigures> {
    const stats: KnownStats = this.#store.stats();
    const grown = (name: keyof ProfileStats): number | null => {
      const now = stats[name];
      return now === undefined ? null : now - (this.#empty[name] ?? 0);
    };
    return {
      memberships: stats.memberships ?? null,
      memoryBytes: grown('memoryBytes'),
      membershipBytes: grown('membershipBytes'),
      logBytes: stats.logBytes ?? null,
    };
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

serveStore((options) => {
  if (options.atS > nowS(systemClock)) throw new Error('memberships of the future are not read');
  return EngineStore.open(options);
});
