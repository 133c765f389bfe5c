import { loadedSegmentsPerUser, seededRandom, userIdOf, wholeBelow } from '../data/audience.ts';
import { Histogram } from '../statistics/histogram.ts';
import type { Loaded, ReadBack, StoreOptions, StoreRun } from './store-messages.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import { updateBatches, updateLanes } from './update-batch.ts';

const preparedReads = 200_000;
/** Single reads go on for so many before others get a turn. */
const readsPerTurn = 1000;
/** One single read of so many is timed: asking for the time costs as much as a read. */
const readsPerTiming = 8;

/** Measures one store: the same loops for the engine and for its peers. */
export class StoreMeasurement<Batch> {
  readonly #store: StoreUnderTest<Batch>;
  readonly #options: StoreOptions;
  #batches: readonly Batch[] = [];
  #nextBatch = 0;
  #nextRead = 0;

  constructor(store: StoreUnderTest<Batch>, options: StoreOptions) {
    this.#store = store;
    this.#options = options;
  }

  async load(): Promise<Loaded> {
    const seconds = await this.#store.load();
    return { seconds, figures: await this.#store.figures() };
  }

  /** Merges batches that are the same for every store, one after the other, in all the store's ways, and reads back some of their users. */
  async merge(batches: number, sample: number): Promise<ReadBack[]> {
    const random = seededRandom(11);
    const { users, atS } = this.#options;
    const made = updateBatches(batches, users, random, atS + 1);
    const variants = this.#store.variants ?? [];
    for (const [i, batch] of made.entries()) {
      const variant = variants[i % variants.length];
      if (variant !== undefined) await this.#store.vary?.(variant);
      await this.#store.apply(this.#store.prepare(batch));
    }
    const readBack: ReadBack[] = [];
    for (let i = 0; i < sample; i++) {
      const userIds = made[i % made.length]?.userIds ?? BigUint64Array.of();
      const userId = userIds[wholeBelow(random, userIds.length)] ?? 0n;
      readBack.push({ userId, memberships: await this.#store.profileOf(userId) });
    }
    return readBack;
  }

  /** Merges batches into existing profiles, so many at a time under way; a batch counts when the store says that it is durable. */
  async update(seconds: number, underWay: number, variant: string): Promise<StoreRun> {
    if (underWay !== 1 && underWay !== updateLanes) throw new RangeError(`1 or ${updateLanes} batches are under way, not ${underWay}`);
    await this.#store.vary?.(variant);
    this.#prepare();
    const latenciesUs = new Histogram();
    const run = this.#begin(seconds);
    const first = this.#nextBatch;
    // A lane to each: one that is slow must not meet its own users in a later batch of another.
    const work = async (lane: number): Promise<void> => {
      for (let next = first + lane; performance.now() < run.endMs; next += underWay) {
        const batch = this.#batches[next % this.#batches.length];
        if (batch === undefined) throw new Error('no batch is prepared');
        const startedAt = performance.now();
        await this.#store.apply(batch);
        latenciesUs.record((performance.now() - startedAt) * 1000);
        this.#nextBatch += 1;
      }
    };
    await Promise.all(Array.from({ length: underWay }, (_, lane) => work(lane)));
    this.#nextBatch = Math.ceil(this.#nextBatch / updateLanes) * updateLanes;
    return this.#ended(run, latenciesUs.count, latenciesUs, 1);
  }

  /** Reads random users' profiles in whole. */
  async get(seconds: number): Promise<StoreRun> {
    this.#prepare();
    const latenciesNs = new Histogram();
    const run = this.#begin(seconds);
    const count =
      this.#store.profilesPerRead === 1
        ? await this.#readSingly(run.endMs, latenciesNs)
        : await this.#readInPipelines(run.endMs, latenciesNs);
    return this.#ended(run, count, latenciesNs, 1000);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  /** Once, before the first measured run; not measured. */
  #prepare(): void {
    if (this.#batches.length > 0) return;
    const { users, atS } = this.#options;
    const random = seededRandom(3);
    this.#batches = updateBatches(this.#store.preparedBatches, users, random, atS).map((batch) => this.#store.prepare(batch));
    this.#store.prepareReads(BigUint64Array.from({ length: preparedReads }, () => userIdOf(wholeBelow(random, users))));
  }

  async #readSingly(endMs: number, latenciesNs: Histogram): Promise<number> {
    let count = 0;
    while (performance.now() < endMs) {
      for (let i = 0; i < readsPerTurn; i++) {
        const timed = i % readsPerTiming === 0;
        const startedAt = timed ? performance.now() : 0;
        const read = this.#store.read(this.#nextRead++ % preparedReads);
        const memberships = read instanceof Promise ? await read : read;
        if (timed) latenciesNs.record((performance.now() - startedAt) * 1e6);
        checkRead(memberships, 1);
      }
      count += readsPerTurn;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return count;
  }

  async #readInPipelines(endMs: number, latenciesNs: Histogram): Promise<number> {
    const { profilesPerRead, readsUnderWay } = this.#store;
    let count = 0;
    const work = async (): Promise<void> => {
      while (performance.now() < endMs) {
        const at = this.#nextRead % preparedReads;
        this.#nextRead += profilesPerRead;
        const startedAt = performance.now();
        checkRead(await this.#store.read(at), profilesPerRead);
        latenciesNs.record((performance.now() - startedAt) * 1e6);
        count += profilesPerRead;
      }
    };
    await Promise.all(Array.from({ length: readsUnderWay }, work));
    return count;
  }

  #begin(seconds: number): Begun {
    const beganMs = performance.now();
    return { beganMs, endMs: beganMs + seconds * 1000, cpu: process.cpuUsage() };
  }

  async #ended(begun: Begun, count: number, latencies: Histogram, perUs: number): Promise<StoreRun> {
    const { user, system } = process.cpuUsage(begun.cpu);
    const seconds = (performance.now() - begun.beganMs) / 1000;
    return {
      count,
      seconds,
      p50Us: latencies.percentile(0.5) / perUs,
      p99Us: latencies.percentile(0.99) / perUs,
      largestUs: latencies.largest / perUs,
      cpu: (user + system) / 1e6,
      figures: await this.#store.figures(),
    };
  }
}

interface Begun {
  readonly beganMs: number;
  readonly endMs: number;
  readonly cpu: NodeJS.CpuUsage;
}

function checkRead(memberships: number, profiles: number): void {
  if (memberships < profiles * loadedSegmentsPerUser)
    throw new Error(`${profiles} loaded profiles have ${memberships} memberships: something is lost`);
}
