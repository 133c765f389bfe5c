/** The audience index over profiles in memory, in a process of its own, without a disk. Talks by IPC (audience-messages.ts). */
import { seededRandom, segmentIds, type Random, randomUsers, skewedSegment, userIdOf, wholeBelow } from '../data/audience.ts';
import { Histogram } from '../statistics/histogram.ts';
import { nowS, systemClock } from '../../server/src/kit/clock.ts';
import { asSegmentId, asUserId, type SegmentId } from '../../server/src/kit/ids.ts';
import { AudienceIndex } from '../../server/src/profiles/embedded/audience/audience-index.ts';
import { planAudience } from '../../server/src/profiles/embedded/audience/audience-plan.ts';
import { type FlipSink, knownUsers } from '../../server/src/profiles/embedded/audience/flip-log.ts';
import type { MemoryReader } from '../../server/src/profiles/embedded/audience/memory-reader.ts';
import { replayLimits } from '../../server/src/profiles/embedded/core/core-limits.ts';
import { BareCore } from '../../server/src/profiles/embedded/core/profile-core.fixture.ts';
import { OperationBatch } from '../../server/src/profiles/operation-batch.ts';
import type { Expression, Source } from '../../server/src/profiles/profile-store.ts';
import { usersPerBatch } from './update-batch.ts';
import type {
  AudienceAnswer,
  AudienceExpression,
  AudienceQuestion,
  AudienceRun,
  OpenedAudience,
  ScanWay,
  Watching,
} from './audience-messages.ts';

const source: Source = { kind: 'instant', job: 0 };
/** Each of the two holds half of the users. */
const halves = [asSegmentId(1), asSegmentId(2)] as const;
/** Memberships of each user beside the two, skewed; a segment that comes twice counts once. */
const skewedPerUser = 9;
const preparedBatches = 64;
const segmentsPerUpdate = 5;
const usersPerPage = 10_000;

const nobody: FlipSink = { flip: () => undefined };
const at = (i: number): SegmentId => asSegmentId(segmentIds[i] ?? 0);
const expressions: Readonly<Record<AudienceExpression, Expression>> = {
  pair: { and: [{ segment: halves[0] }, { segment: halves[1] }] },
  ten: {
    or: [
      { and: [{ segment: halves[0] }, { segment: at(0) }, { not: { segment: at(1) } }] },
      { and: [{ segment: halves[1] }, { or: [{ segment: at(2) }, { segment: at(3) }, { segment: at(4) }] }] },
      { and: [{ segment: at(10) }, { not: { or: [{ segment: at(5) }, { segment: at(100) }] } }] },
    ],
  },
  bounded: { and: [{ segment: halves[0], minValue: 500 }, { segment: at(5) }] },
};

class AudienceBench {
  readonly #core = new BareCore(replayLimits, 1);
  readonly #reader: MemoryReader;
  readonly #users: number;
  #index: AudienceIndex;
  #updates: { readonly add: OperationBatch; readonly remove: OperationBatch }[] = [];
  #nextUpdate = 0;

  constructor(users: number) {
    this.#users = users;
    this.#reader = this.#core.audienceReader();
    this.#index = this.#newIndex();
  }

  load(): OpenedAudience {
    const random = seededRandom(1);
    const empty = this.#core.stats();
    const addedAtS = nowS(systemClock);
    for (let first = 0; first < this.#users; first += usersPerBatch) {
      const batch = new OperationBatch();
      for (let user = first; user < Math.min(first + usersPerBatch, this.#users); user++) addUser(batch, user, random, addedAtS);
      this.#core.apply(batch, { source }, addedAtS);
    }
    this.#updates = updatesOf(this.#users, addedAtS);
    const { memberships, memoryBytes } = this.#core.stats();
    return { memberships, bytesPerMembership: (memoryBytes - empty.memoryBytes) / memberships };
  }

  build(segments: number): AudienceRun {
    this.#forget();
    const numbers = this.#segments(segments).map((segment) => this.#core.numberOf(segment));
    const run = this.#timed(() => {
      this.#index.want(numbers, systemClock.nowMs());
      this.#index.build(systemClock.nowMs(), () => true);
      return 1;
    });
    const held = this.#index.memoryBytes;
    const inSets = this.#segments(segments).reduce((sum, segment) => sum + this.#core.count(segment), 0);
    return { ...run, setBytesPerMembership: held / inSets };
  }

  evaluate(name: AudienceExpression, seconds: number): AudienceRun {
    const plan = planAudience(expressions[name], (segment) => this.#core.numberOf(segment));
    this.#index.want(plan.numbers, systemClock.nowMs());
    this.#index.build(systemClock.nowMs(), () => true);
    return this.#repeated(seconds, () => {
      if (this.#index.evaluate(plan, nowS(systemClock)) === null) throw new Error('the sets are not warm');
      return 1;
    });
  }

  scan(by: ScanWay, seconds: number): AudienceRun {
    this.#forget();
    const [segment] = halves;
    const number = this.#core.numberOf(segment);
    if (by !== 'walk') {
      this.#index.want([number], systemClock.nowMs());
      this.#index.build(systemClock.nowMs(), () => true);
    }
    let cursor: number | null = null;
    return this.#repeated(seconds, () => {
      const question = {
        segment,
        number,
        cursor,
        limit: usersPerPage,
        nowS: nowS(systemClock),
        fields: by === 'keys' ? 'keys' : 'memberships',
      } as const;
      const page = this.#index.scan(question, systemClock.nowMs());
      cursor = page.next;
      return page.count;
    });
  }

  /** Adds memberships of a thousand users and removes them again: every operation changes a set. */
  ingest(watching: Watching, seconds: number): AudienceRun {
    this.#forget();
    const numbers = this.#numbers();
    if (watching === 'log') for (const number of numbers) this.#reader.watch(number, true);
    if (watching === 'sets') this.#index.want(numbers, systemClock.nowMs());
    this.#index.build(systemClock.nowMs(), () => true);
    const run = this.#repeated(seconds, () => {
      const update = this.#updates[this.#nextUpdate++ % this.#updates.length];
      if (update === undefined) throw new Error('no batch is prepared');
      const now = nowS(systemClock);
      this.#core.apply(update.add, { source }, now);
      this.#core.apply(update.remove, { source }, now);
      if (watching === 'log') this.#reader.flips.drain(nobody);
      if (watching === 'sets') this.#index.drain();
      return update.add.operationCount + update.remove.operationCount;
    });
    for (const number of numbers) this.#reader.watch(number, false);
    return run;
  }

  #segments(count: number): SegmentId[] {
    return [...halves, ...segmentIds.map(asSegmentId)].slice(0, count);
  }
  /** Of all segments. */
  #numbers(): number[] {
    return this.#segments(Number.POSITIVE_INFINITY).map((segment) => this.#core.numberOf(segment));
  }

  #newIndex(): AudienceIndex {
    return new AudienceIndex(this.#reader, this.#reader.flips, { memoryBytes: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY });
  }

  #forget(): void {
    for (const number of [knownUsers, ...this.#numbers()]) this.#reader.watch(number, false);
    this.#reader.flips.drain(nobody);
    this.#index = this.#newIndex();
  }

  #timed(work: () => number): AudienceRun {
    return this.#repeated(0, work);
  }

  #repeated(seconds: number, work: () => number): AudienceRun {
    const latenciesUs = new Histogram();
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    let count = 0;
    do {
      const startedAt = performance.now();
      count += work();
      latenciesUs.record((performance.now() - startedAt) * 1000);
    } while (performance.now() < began + seconds * 1000);
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      count,
      seconds: (performance.now() - began) / 1000,
      p50Us: latenciesUs.percentile(0.5),
      p99Us: latenciesUs.percentile(0.99),
      largestUs: latenciesUs.largest,
      cpu: (user + system) / 1e6,
      setBytesPerMembership: 0,
    };
  }
}

function addUser(batch: OperationBatch, user: number, random: Random, addedAtS: number): void {
  batch.forUser({ kind: 'user', id: asUserId(userIdOf(user)) });
  const month = 43_200;
  for (const segment of halves) if (random() < 0.5) batch.add(segment, wholeBelow(random, 1000), addedAtS, month);
  for (let i = 0; i < skewedPerUser; i++) batch.add(asSegmentId(skewedSegment(random)), wholeBelow(random, 1000), addedAtS, month);
}

function updatesOf(users: number, addedAtS: number): { readonly add: OperationBatch; readonly remove: OperationBatch }[] {
  const random = seededRandom(3);
  return Array.from({ length: preparedBatches }, () => {
    const chosen = randomUsers(random, users, Math.min(usersPerBatch, users));
    const add = new OperationBatch();
    for (const user of chosen) {
      add.forUser({ kind: 'user', id: asUserId(userIdOf(user)) });
      for (let i = 0; i < segmentsPerUpdate; i++) add.add(asSegmentId(skewedSegment(random)), wholeBelow(random, 1000), addedAtS, null);
    }
    const remove = new OperationBatch();
    for (const [i, user] of chosen.entries()) {
      remove.forUser({ kind: 'user', id: asUserId(userIdOf(user)) });
      for (let operation = i * segmentsPerUpdate; operation < (i + 1) * segmentsPerUpdate; operation++)
        remove.remove(asSegmentId(add.operations[operation * 4] ?? 0));
    }
    return { add, remove };
  });
}

let bench: AudienceBench | undefined;

function answer(question: AudienceQuestion): AudienceAnswer {
  if (question.ask === 'open') {
    bench = new AudienceBench(question.users);
    return { is: 'opened', opened: bench.load() };
  }
  if (!bench) throw new Error('there are no profiles');
  switch (question.ask) {
    case 'build':
      return { is: 'ran', run: bench.build(question.segments) };
    case 'evaluate':
      return { is: 'ran', run: bench.evaluate(question.expression, question.seconds) };
    case 'scan':
      return { is: 'ran', run: bench.scan(question.by, question.seconds) };
    case 'ingest':
      return { is: 'ran', run: bench.ingest(question.watching, question.seconds) };
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (question: AudienceQuestion) => {
  try {
    process.send?.(answer(question));
  } catch (error) {
    process.send?.({ is: 'failed', reason: error instanceof Error ? error.message : String(error) } satisfies AudienceAnswer);
  }
});
