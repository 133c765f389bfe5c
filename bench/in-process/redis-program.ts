/** Redis behind ioredis, in a process of its own (store-messages.ts): a packed profile for each user, read, merged and written back. */
import type { Buffer } from 'node:buffer';
import { additionWords } from '../data/audience.ts';
import { nowS, systemClock } from '../../server/src/kit/clock.ts';
import type { Membership } from '../../server/src/profiles/profile-store.ts';
import { sourceToWord } from '../../server/src/profiles/source-word.ts';
import { userKey } from '../data/user-key.ts';
import { RedisProfiles } from '../peers/redis-profiles.ts';
import { decodePacked, mergePacked } from './packed-profile.ts';
import { serveStore } from './serve-store.ts';
import type { StoreFigures, StoreOptions } from './store-messages.ts';
import { redisVariants } from './redis-variants.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import { loadBatch, type UpdateBatch, usersPerBatch } from './update-batch.ts';

const source = sourceToWord({ kind: 'instant', job: 0 });
/** Batches of a load that are under way together. */
const loadsUnderWay = 2;

interface RedisBatch extends UpdateBatch {
  readonly keys: readonly Buffer[];
}

class RedisStore implements StoreUnderTest<RedisBatch> {
  readonly preparedBatches = 512;
  readonly profilesPerRead = 256;
  readonly readsUnderWay = 2;
  readonly variants = redisVariants;
  readonly #profiles: RedisProfiles;
  readonly #options: StoreOptions;
  #reads: readonly Buffer[] = [];
  #wholeCommands = false;

  private constructor(profiles: RedisProfiles, options: StoreOptions) {
    this.#profiles = profiles;
    this.#options = options;
  }

  static async open(options: StoreOptions): Promise<RedisStore> {
    return new RedisStore(await RedisProfiles.connect(options.port, false), options);
  }

  async load(): Promise<number> {
    const { users, atS } = this.#options;
    const { redis } = this.#profiles;
    await redis.flushall();
    let next = 0;
    let ms = 0;
    const work = async (): Promise<void> => {
      while (next < users) {
        const first = next;
        next = Math.min(first + usersPerBatch, users);
        const batch = this.prepare(loadBatch(first, next, atS));
        const pairs = batch.keys.flatMap((key, user) => [key, mergeOf(batch, user, null)]);
        const began = performance.now();
        await redis.mset(pairs);
        ms += (performance.now() - began) / loadsUnderWay;
      }
    };
    await Promise.all(Array.from({ length: loadsUnderWay }, work));
    return ms / 1000;
  }

  prepare(batch: UpdateBatch): RedisBatch {
    return { ...batch, keys: Array.from(batch.userIds, userKey) };
  }

  async apply(batch: RedisBatch): Promise<void> {
    const existing = await this.#read(batch.keys);
    await this.#write(
      batch.keys,
      existing.map((value, user) => mergeOf(batch, user, value)),
    );
  }

  /** `always` is synced before the answer; `everysec mset` is one MGET and one MSET of all keys instead of two pipelines. */
  async vary(variant: string): Promise<void> {
    this.#wholeCommands = variant === 'everysec mset';
    await this.#profiles.redis.config('SET', 'appendfsync', variant === 'always' ? 'always' : 'everysec');
  }

  prepareReads(userIds: BigUint64Array): void {
    const keys = Array.from(userIds, userKey);
    // A pipeline may begin anywhere: it goes on at the beginning.
    this.#reads = [...keys, ...keys.slice(0, this.profilesPerRead)];
  }

  async read(at: number): Promise<number> {
    const atS = nowS(systemClock);
    const values = await this.#profiles.read(this.#reads.slice(at, at + this.profilesPerRead));
    return values.reduce((sum, value) => sum + decodePacked(value, atS).length, 0);
  }

  async profileOf(userId: bigint): Promise<readonly Membership[]> {
    return decodePacked(await this.#profiles.redis.getBuffer(userKey(userId)), nowS(systemClock));
  }

  async figures(): Promise<StoreFigures> {
    const used = /\r\nused_memory_dataset:(\d+)\r\n/.exec(await this.#profiles.redis.info('memory'))?.[1];
    return { memberships: null, memoryBytes: used === undefined ? null : Number(used), membershipBytes: null, logBytes: null };
  }

  async close(): Promise<void> {
    await this.#profiles.close();
  }

  #read(keys: readonly Buffer[]): Promise<(Buffer | null)[]> {
    return this.#wholeCommands ? this.#profiles.redis.mgetBuffer([...keys]) : this.#profiles.read(keys);
  }

  async #write(keys: readonly Buffer[], values: readonly Buffer[]): Promise<void> {
    if (this.#wholeCommands) await this.#profiles.redis.mset(keys.flatMap((key, i) => [key, values[i] ?? key]));
    else await this.#profiles.write(keys, values);
  }
}

const mergeOf = ({ additions, perUser, atS }: UpdateBatch, user: number, existing: Buffer | null): Buffer =>
  mergePacked(existing, { words: additions, at: user * perUser * additionWords, count: perUser }, atS, source);

serveStore((options) => RedisStore.open(options));
