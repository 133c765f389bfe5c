/** The profile engine alone, in a process of its own: durable batches and reads, without HTTP. Talks by IPC (engine-messages.ts). */
import { seededRandom, userIdOf, wholeBelow } from '../data/audience.ts';
import { Histogram } from '../statistics/histogram.ts';
import { nowS, systemClock } from '../../server/src/kit/clock.ts';
import { asUserId } from '../../server/src/kit/ids.ts';
import { EmbeddedProfileStore } from '../../server/src/profiles/embedded/embedded-profile-store.ts';
import type { Identifier } from '../../server/src/profiles/identifier.ts';
import type { OperationBatch } from '../../server/src/profiles/operation-batch.ts';
import type { Source } from '../../server/src/profiles/profile-store.ts';
import { batchFor, segmentsPerLoad, updateBatches, usersPerBatch } from './batches.ts';
import type { EngineAnswer, EngineQuestion, EngineRun, OpenedEngine } from './engine-messages.ts';

const source: Source = { kind: 'instant', job: 0 };
const preparedBatches = 256;
const preparedReads = 200_000;
const readsPerTurn = 1000;
/** One read of so many is timed: asking for the time costs as much as a read. */
const readsPerTiming = 8;

class EngineBench {
  readonly #store: EmbeddedProfileStore;
  readonly #users: number;
  readonly #batches: readonly OperationBatch[];
  readonly #reads: readonly Identifier[];
  #nextBatch = 0;
  #nextRead = 0;

  private constructor(store: EmbeddedProfileStore, users: number) {
    const random = seededRandom(3);
    this.#store = store;
    this.#users = users;
    this.#batches = updateBatches(preparedBatches, users, random, nowS(systemClock));
    this.#reads = Array.from({ length: preparedReads }, () => ({ kind: 'user', id: asUserId(userIdOf(wholeBelow(random, users))) }));
  }

  static async open({ directory, users, durability }: EngineQuestion & { readonly ask: 'open' }): Promise<EngineBench> {
    return new EngineBench(await EmbeddedProfileStore.open({ directory, clock: systemClock, durability, hashSeed: 1 }), users);
  }

  /** First load: every user, one durable batch after the other. Packing the batches is not counted. */
  async load(): Promise<OpenedEngine> {
    const random = seededRandom(1);
    const empty = this.#store.stats();
    let ms = 0;
    for (let first = 0; first < this.#users; first += usersPerBatch) {
      const chosen = Array.from({ length: Math.min(usersPerBatch, this.#users - first) }, (_, i) => first + i);
      const batch = batchFor(chosen, segmentsPerLoad, random, nowS(systemClock));
      const began = performance.now();
      await this.#store.apply(batch, { source });
      ms += performance.now() - began;
    }
    const { memberships, memoryBytes, logBytes } = this.#store.stats();
    return {
      loadSeconds: ms / 1000,
      memberships,
      bytesPerMembership: (memoryBytes - empty.memoryBytes) / memberships,
      logBytesPerMembership: (logBytes - empty.logBytes) / memberships,
    };
  }

  /** Merges batches into existing profiles, so many at a time under way; a batch counts when it is durable. */
  async update(seconds: number, inFlight: number): Promise<EngineRun> {
    const latenciesUs = new Histogram();
    const logBefore = this.#store.stats().logBytes;
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    const end = began + seconds * 1000;
    const work = async (): Promise<void> => {
      while (performance.now() < end) {
        const batch = this.#batches[this.#nextBatch++ % this.#batches.length];
        if (!batch) throw new Error('no batch is prepared');
        const startedAt = performance.now();
        await this.#store.apply(batch, { source });
        latenciesUs.record((performance.now() - startedAt) * 1000);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, work));
    return this.#run(latenciesUs.count, latenciesUs, 1, began, cpuBefore, this.#store.stats().logBytes - logBefore);
  }

  /** Reads random users' profiles in whole, turn by turn. Times are taken in nanoseconds. */
  async get(seconds: number): Promise<EngineRun> {
    const latenciesNs = new Histogram();
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    const end = began + seconds * 1000;
    let count = 0;
    while (performance.now() < end) {
      for (let i = 0; i < readsPerTurn; i++) this.#read(i % readsPerTiming === 0 ? latenciesNs : null);
      count += readsPerTurn;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return this.#run(count, latenciesNs, 1000, began, cpuBefore, 0);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #read(timed: Histogram | null): void {
    const identifier = this.#reads[this.#nextRead++ % preparedReads];
    if (!identifier) throw new Error('no read is prepared');
    const startedAt = timed === null ? 0 : performance.now();
    const { memberships } = this.#store.get(identifier);
    timed?.record((performance.now() - startedAt) * 1e6);
    if (memberships.length < segmentsPerLoad) throw new Error(`a loaded user has ${memberships.length} memberships`);
  }

  #run(count: number, latencies: Histogram, perUs: number, began: number, cpuBefore: NodeJS.CpuUsage, logBytes: number): EngineRun {
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      count,
      seconds: (performance.now() - began) / 1000,
      p50Us: latencies.percentile(0.5) / perUs,
      p99Us: latencies.percentile(0.99) / perUs,
      largestUs: latencies.largest / perUs,
      cpu: (user + system) / 1e6,
      logBytes,
    };
  }
}

let bench: EngineBench | undefined;

async function answer(question: EngineQuestion): Promise<EngineAnswer> {
  if (question.ask === 'open') {
    bench = await EngineBench.open(question);
    return { is: 'opened', opened: await bench.load() };
  }
  if (!bench) throw new Error('the engine is not open');
  if (question.ask === 'update') return { is: 'ran', run: await bench.update(question.seconds, question.inFlight) };
  if (question.ask === 'get') return { is: 'ran', run: await bench.get(question.seconds) };
  await bench.close();
  return { is: 'closed' };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (question: EngineQuestion) => {
  answer(question).then(
    (result) => process.send?.(result),
    (error: unknown) =>
      process.send?.({ is: 'failed', reason: error instanceof Error ? error.message : String(error) } satisfies EngineAnswer),
  );
});
