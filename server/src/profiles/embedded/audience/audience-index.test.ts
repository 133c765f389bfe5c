import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asMemberId, type SegmentId } from '../../../kit/ids.ts';
import type { Identifier } from '../../identifier.ts';
import { OperationBatch } from '../../operation-batch.ts';
import { device, external, instant, segment, user } from '../../profile-fixtures.ts';
import type { Expression, ScanFields, ScannedUser, ScanPage, StageId } from '../../profile-store.ts';
import { scannedIdentifiers, scannedUsers } from '../../scan-page.ts';
import { replayLimits } from '../core/core-limits.ts';
import { BareCore } from '../core/profile-core.fixture.ts';
import type { SweepPass } from '../core/sweep.ts';
import { AudienceIndex, type AudienceLimits } from './audience-index.ts';
import { planAudience } from './audience-plan.ts';
import { UneasyReader } from './audience-readers.fixture.ts';
import type { MemoryReader } from './memory-reader.ts';
import { scanSegment } from './segment-scan.ts';

const forEver: AudienceLimits = { memoryBytes: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY };
/** A build that is asked every 1,024 users whether it may go on, and never may. */
const oneStep = (): boolean => false;
const toTheEnd = (): boolean => true;

/** An engine without a disk, its index, and the time. */
class Bench {
  readonly core: BareCore;
  readonly index: AudienceIndex;
  readonly reader: UneasyReader;
  nowS = 1_700_000_000;
  sweep: SweepPass | null = null;

  constructor(limits = forEver, flipEntries?: number) {
    this.core = new BareCore(replayLimits, 1, flipEntries);
    const memory: MemoryReader = this.core.audienceReader();
    this.reader = new UneasyReader(memory);
    this.index = new AudienceIndex(this.reader, memory.flips, limits);
  }

  /** By the index; sets that are missing are built first. */
  count(expression: Expression): number {
    for (;;) {
      const plan = planAudience(expression, (id) => this.core.numberOf(id));
      if (this.index.want(plan.numbers, this.nowS * 1000)) {
        const count = this.index.evaluate(plan, this.nowS);
        if (count !== null) return count;
      }
      this.index.build(this.nowS * 1000, toTheEnd);
    }
  }

  expectExact(expressions: readonly Expression[]): void {
    for (const each of expressions) expect([each, this.count(each)]).toEqual([each, this.core.evaluate(each, this.nowS)]);
  }

  want(...segments: readonly SegmentId[]): boolean {
    return this.index.want(
      segments.map((id) => this.core.numberOf(id)),
      this.nowS * 1000,
    );
  }

  add(who: Identifier, to: readonly number[], lifetimeMinutes: number | null = null, delayS = 0, value = 1): void {
    const batch = new OperationBatch().forUser(who);
    for (const id of to) batch.add(segment(id), value, this.nowS + delayS, lifetimeMinutes);
    this.core.apply(batch, instant, this.nowS);
  }
  remove(who: Identifier, from: number): void {
    const batch = new OperationBatch().forUser(who);
    batch.remove(segment(from));
    this.core.apply(batch, instant, this.nowS);
  }

  scan(of: SegmentId, limit: number): ScannedUser[] {
    const users: ScannedUser[] = [];
    for (let cursor: number | null = null; ;) {
      const page: ScanPage = this.page(of, cursor, limit);
      users.push(...scannedUsers(page));
      if (page.next === null) return users;
      cursor = page.next;
    }
  }
  scanKeys(of: SegmentId, limit: number): Identifier[] {
    const users: Identifier[] = [];
    for (let cursor: number | null = null; ;) {
      const page: ScanPage = this.page(of, cursor, limit, 'keys');
      users.push(...scannedIdentifiers(page));
      if (page.next === null) return users;
      cursor = page.next;
    }
  }
  page(of: SegmentId, cursor: number | null, limit: number, fields: ScanFields = 'memberships'): ScanPage {
    const question = { segment: of, number: this.core.numberOf(of), cursor, limit, nowS: this.nowS, fields };
    return this.index.scan(question, this.nowS * 1000);
  }
}

const people: readonly Identifier[] = [
  ...Array.from({ length: 150 }, (_, i) => user(i + 1)),
  ...Array.from({ length: 20 }, (_, i) => device(i)),
  ...['x', 'y', 'z'].map((id) => external(id)),
];
const segments = [1, 2, 3, 4, 5].map((id) => segment(id));
const who = fc.constantFrom(...people);
const where = fc.constantFrom(...segments);

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({ segment: fc.constantFrom(...segments, segment(99)) }),
  fc.record({ segment: where, minValue: fc.nat(3) }),
  fc.record({ segment: where, minValue: fc.nat(2), maxValue: fc.nat(3) }),
);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ not: tie('expression') }),
    fc.record({ and: fc.array(tie('expression'), { maxLength: 4 }) }),
    fc.record({ or: fc.array(tie('expression'), { maxLength: 4 }) }),
  ),
}));

const change = fc.record({
  who,
  where,
  value: fc.nat(3),
  delayS: fc.constantFrom(0, 0, 0, -30, 45),
  lifetime: fc.constantFrom(null, null, 0, 1, 2, 5),
  remove: fc.nat(3).map((n) => n === 0),
});
const doing = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant('apply' as const), changes: fc.array(change, { maxLength: 30 }), staged: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('link' as const, 'merge' as const), from: who, to: who }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('forget' as const, 'optOut' as const, 'optIn' as const, 'unlink' as const), who }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('stage' as const, 'commit' as const, 'abort' as const, 'drop' as const), where }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(1, 20, 60, 200) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('sweep' as const, 'sweep one block' as const, 'tidy' as const, 'build a step' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('ask' as const), expression }) },
);
type Doing = typeof doing extends fc.Arbitrary<infer T> ? T : never;

function run(bench: Bench, stages: Map<SegmentId, StageId>, op: Doing): void {
  const { core, nowS } = bench;
  switch (op.does) {
    case 'apply': {
      const batch = new OperationBatch();
      for (const each of op.changes) {
        batch.forUser(each.who);
        if (each.remove) batch.remove(each.where);
        else batch.add(each.where, each.value, nowS + each.delayS, each.lifetime);
      }
      const stage = op.staged ? [...stages.values()][0] : undefined;
      core.apply(batch, { ...instant, ...(stage === undefined ? {} : { stage }) }, nowS);
      break;
    }
    case 'link':
      if (op.from.kind !== 'user') core.link(op.from, op.to, { expiresAtS: nowS + 50, linkedBy: asMemberId(1) }, nowS);
      break;
    case 'merge':
      core.merge(op.to, op.from, nowS);
      break;
    case 'forget':
    case 'optOut':
      core.forget(op.who, op.does === 'optOut', nowS);
      break;
    case 'optIn':
      core.optIn(op.who, nowS);
      break;
    case 'unlink':
      core.unlink(op.who, nowS);
      break;
    case 'stage':
      stages.set(op.where, core.stageReplace(op.where, nowS).result);
      break;
    case 'commit':
    case 'abort': {
      const stage = stages.get(op.where);
      if (stage !== undefined) core[op.does](stage, nowS);
      stages.delete(op.where);
      break;
    }
    case 'drop':
      core.dropSegment(op.where, nowS);
      stages.delete(op.where);
      break;
    default:
      runOnIndex(bench, op);
  }
}

function runOnIndex(bench: Bench, op: Doing): void {
  const { core, index, nowS } = bench;
  switch (op.does) {
    case 'wait':
      bench.nowS += op.seconds;
      break;
    case 'sweep':
      core.beginSweep().step(nowS, toTheEnd);
      break;
    case 'sweep one block':
      bench.sweep ??= core.beginSweep();
      if (bench.sweep.step(nowS, oneStep)) bench.sweep = null;
      break;
    case 'tidy':
      index.tidy(nowS * 1000);
      break;
    case 'build a step':
      bench.want(...segments.filter((each) => core.numberOf(each) !== 0));
      index.build(nowS * 1000, oneStep);
      break;
    case 'ask':
      bench.expectExact([op.expression]);
      break;
    default:
      throw new Error(`${op.does} is not for the index`);
  }
}

const asText = (users: readonly ScannedUser[]): string[] =>
  users.map((each) => JSON.stringify(each, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)));

describe('the audience index against the walk over all users', () => {
  it.each([
    ['', forEver, undefined],
    [', where sets are dropped all the time', { memoryBytes: 300_000, idleMs: 60_000 }, undefined],
    [', where flips are lost', forEver, 16],
  ] as const)(
    'counts the same after random changes, questions, waits and sweeps in steps%s',
    { timeout: 120_000 },
    (_, limits, entries) => {
      fc.assert(
        fc.property(
          fc.array(doing, { minLength: 20, maxLength: 120, size: 'max' }),
          fc.array(expression, { maxLength: 8 }),
          (ops, questions) => {
            const bench = new Bench(limits, entries);
            const stages = new Map<SegmentId, StageId>();
            for (const each of people.slice(0, 130)) bench.add(each, [1, 2, 3], 2, 0, 2);
            for (const op of ops) run(bench, stages, op);
            bench.expectExact([...questions, ...segments.map((each) => ({ segment: each })), { and: [] }]);
            for (const each of segments.filter((id) => bench.core.numberOf(id) !== 0)) {
              const bySet = bench.scan(each, 7);
              const keys = bench.scanKeys(each, 5);
              bench.index.tidy(Number.POSITIVE_INFINITY);
              expect(asText(bySet)).toEqual(asText(bench.scan(each, 7)));
              expect(keys).toEqual(bySet.map(({ identifier }) => identifier));
              expect(bench.scanKeys(each, 9)).toEqual(keys);
              expect(bySet).toHaveLength(bench.core.evaluate({ segment: each }, bench.nowS));
            }
          },
        ),
        { numRuns: 60, endOnFailure: true },
      );
    },
  );
});

/** Users 1 to `count` in one batch: user n is in segment s where n is a multiple of s. */
function addMany(bench: Bench, first: number, last: number, ids: readonly number[], lifetimeMinutes: number | null = null): void {
  const batch = new OperationBatch();
  for (let n = first; n <= last; n++) {
    batch.forUser(user(n));
    for (const id of ids) if (n % id === 0) batch.add(segment(id), n % 100, bench.nowS, lifetimeMinutes);
  }
  bench.core.apply(batch, instant, bench.nowS);
}

describe('a build', () => {
  it.each([
    ['several', [1, 2, 3, 7].map(segment), [0]],
    ['one', [segment(2)], []],
  ] as const)(
    'of %s is exact though users, memberships and known users change between its steps, on both sides of where it is',
    { timeout: 60_000 },
    (_, ids, others) => {
      const bench = new Bench();
      addMany(bench, 1, 150_000, [1, 2, 3, 7]);
      const both: Expression[] = [
        { and: [{ segment: segment(2) }, { not: { segment: segment(3) } }] },
        { and: [{ segment: segment(2) }, { segment: segment(3) }] },
      ];
      const expressions = [...ids.map((id) => ({ segment: id })), ...(ids.length > 1 ? both : [])];
      let steps = 0;
      bench.want(...ids);
      bench.index.want(others, 0);
      for (let done = false; !done; steps++) {
        done = bench.index.build(bench.nowS * 1000, oneStep);
        for (let i = 1; i < 20; i++) {
          const n = (steps * 7919 + i * 12_347) % 150_000;
          bench.remove(user(n), 2);
          bench.add(user((n * 31) % 150_000), [3]);
          bench.core.forget(user(n + 1), i % 2 === 0, bench.nowS);
          bench.add(user(1_000_000 + steps * 20 + i), [1, 7]);
        }
        if (steps % 40 === 20) bench.index.drain();
        if (steps % 60 === 30) bench.expectExact([{ segment: segment(9) }]);
      }
      expect(steps).toBeGreaterThan(100);
      const visits = bench.reader.visits;
      bench.expectExact(expressions);
      expect(bench.reader.visits).toBe(visits);
    },
  );

  it('is one scan for all numbers that are wanted when it begins, and none for what is there', () => {
    const bench = new Bench();
    addMany(bench, 1, 20_000, [1, 2, 3, 4, 5]);
    const blocks = Math.ceil(20_001 / 64);
    bench.expectExact([{ or: [1, 2, 3].map((id) => ({ segment: segment(id) })) }]);
    expect(bench.reader.visits).toBe(blocks);
    bench.want(segment(4));
    bench.want(segment(5), segment(1));
    bench.index.build(0, toTheEnd);
    expect(bench.reader.visits).toBe(2 * blocks);
    bench.expectExact([1, 2, 3, 4, 5].map((id) => ({ segment: segment(id) })));
    expect(bench.reader.visits).toBe(2 * blocks);
  });

  it('makes 20,000 sets in one scan, whose memory is a few bytes a membership and a directory', { timeout: 60_000 }, () => {
    const bench = new Bench();
    const segmentCount = 20_000;
    const users = 20_000;
    for (let first = 0; first < users; first += 1000) {
      const batch = new OperationBatch();
      for (let n = first; n < first + 1000; n++) {
        batch.forUser(user(n + 1));
        for (let i = 0; i < 8; i++) batch.add(segment(1 + ((n * 7919 + i * i * 2503) % segmentCount)), 1, bench.nowS, null);
      }
      bench.core.apply(batch, instant, bench.nowS);
    }
    const all = Array.from({ length: segmentCount }, (_, i) => segment(i + 1));
    bench.want(...all.filter((id) => bench.core.numberOf(id) !== 0));
    bench.index.build(0, toTheEnd);
    expect(bench.reader.visits).toBe(Math.ceil((users + 1) / 64));
    expect(bench.index.memoryBytes / (users * 8)).toBeLessThan(8);
    bench.expectExact([{ or: all.slice(0, 100).map((id) => ({ segment: id })) }, { not: { segment: segment(17) } }]);
    for (let id = 1; id <= segmentCount; id += 997) bench.expectExact([{ segment: segment(id) }]);
  });
});

describe('an engine', () => {
  it('without users, or with a single one, answers every question', () => {
    const bench = new Bench();
    const questions: Expression[] = [{ segment: segment(1) }, { and: [] }, { or: [] }, { not: { segment: segment(1) } }];
    bench.expectExact(questions);
    const stage = bench.core.stageReplace(segment(1), bench.nowS).result;
    bench.core.commit(stage, bench.nowS);
    bench.expectExact(questions);
    expect(bench.page(segment(1), null, 5)).toMatchObject({ count: 0, next: null });
    bench.add(user(1), [1]);
    bench.expectExact(questions);
    expect(bench.count({ segment: segment(1) })).toBe(1);
  });
});

describe('sets', () => {
  it('are kept up without another scan, across chunks and forms', { timeout: 60_000 }, () => {
    const bench = new Bench();
    addMany(bench, 1, 70_000, [1]);
    bench.expectExact([{ not: { segment: segment(1) } }]);
    const { visits } = bench.reader;
    addMany(bench, 70_001, 140_000, [1]);
    for (let n = 1; n < 140_000; n += 1 + (n % 5)) bench.remove(user(n), 1);
    for (let n = 5; n < 140_000; n += 1000) bench.core.forget(user(n), n % 2 === 0, bench.nowS);
    bench.expectExact([{ segment: segment(1) }, { not: { segment: segment(1) } }]);
    expect(bench.reader.visits).toBe(visits);
  });

  it('are dropped when nobody asks for them or their number died, and cost nothing more then', () => {
    const bench = new Bench({ memoryBytes: Number.POSITIVE_INFINITY, idleMs: 60_000 });
    addMany(bench, 1, 1000, [1, 2, 3]);
    bench.expectExact([{ segment: segment(1) }, { segment: segment(2) }, { segment: segment(3) }]);
    bench.nowS += 59;
    bench.expectExact([{ segment: segment(1) }]);
    bench.core.dropSegment(segment(1), bench.nowS);
    bench.expectExact([{ segment: segment(2) }]);
    bench.nowS += 2;
    bench.index.tidy(bench.nowS * 1000);
    expect(bench.index.setCount).toBe(1);
    bench.add(user(5), [3]);
    bench.index.drain();
    bench.expectExact([{ segment: segment(1) }, { segment: segment(2) }, { segment: segment(3) }]);
  });

  it('beyond the memory limit are dropped by when they were asked for, and questions that need more are answered all the same', () => {
    const bench = new Bench({ memoryBytes: 600_000, idleMs: Number.POSITIVE_INFINITY });
    addMany(bench, 1, 200_000, [1, 2, 3]);
    const question: Expression = { or: [1, 2, 3].map((id) => ({ segment: segment(id) })) };
    bench.expectExact([question]);
    bench.nowS += 1;
    bench.expectExact([{ segment: segment(2) }]);
    bench.index.tidy(bench.nowS * 1000);
    expect(bench.index.memoryBytes).toBeLessThanOrEqual(600_000);
    expect(bench.index.setCount).toBeGreaterThan(0);
    const { visits } = bench.reader;
    bench.expectExact([{ segment: segment(2) }]);
    expect(bench.reader.visits).toBe(visits);
    bench.expectExact([question]);
  });
});

describe('a scan', () => {
  it.each(['set', 'walk'] as const)(
    'by %s gives everybody who is in the segment all the time exactly once, while others come and go',
    (by) => {
      const bench = new Bench();
      addMany(bench, 1, 90_000, [1, 3]);
      if (by === 'set') bench.expectExact([{ segment: segment(3) }]);
      const seen = new Map<bigint, number>();
      let cursor: number | null = null;
      let round = 0;
      do {
        const page: ScanPage = bench.page(segment(3), cursor, 700);
        for (const { identifier } of scannedUsers(page))
          if (identifier.kind === 'user') seen.set(identifier.id, (seen.get(identifier.id) ?? 0) + 1);
        cursor = page.next;
        for (let i = 0; i < 50; i++) {
          const n = ((round++ * 104_729) % 30_000) * 3;
          if (n % 2 === 0) bench.remove(user(n), 3);
          bench.add(user(n + 1), [3]);
          bench.core.forget(user(n + 2), false, bench.nowS);
          bench.add(user(500_000 + round), [3]);
        }
      } while (cursor !== null);
      expect([...seen.values()].every((times) => times === 1)).toBe(true);
      for (let n = 3; n <= 90_000; n += 6) expect([n, seen.get(BigInt(n))]).toEqual([n, 1]);
    },
  );

  it('of keys gives who is live when it looks and nobody else, whatever changed since the flips were taken', { timeout: 60_000 }, () => {
    const onlyIndex = new Set<Doing['does']>(['ask', 'build a step', 'tidy', 'wait']);
    /** Who is somebody else's afterwards may come again with them, or not at all. */
    const joining = new Set<Doing['does']>(['link', 'merge', 'unlink']);
    const changesBut = (none: ReadonlySet<Doing['does']>): fc.Arbitrary<Doing[]> =>
      fc.array(
        doing.filter(({ does }) => !onlyIndex.has(does) && !none.has(does)),
        { minLength: 50, maxLength: 200, size: 'max' },
      );
    const changes = fc.oneof(changesBut(new Set()), changesBut(joining));
    fc.assert(
      fc.property(changes, fc.constantFrom(1, 1, 6), fc.constantFrom(0, 0, 25), (ops, limit, pauseS) => {
        const bench = new Bench();
        const stages = new Map<SegmentId, StageId>();
        for (const [i, each] of people.entries()) bench.add(each, [1, 2, 3], [null, 1, 2][i % 3] ?? null, [0, 0, 0, 40][i % 4]);
        bench.expectExact([{ segment: segment(1) }]);
        const [of, number] = [segment(1), bench.core.numberOf(segment(1))];
        const twin = bench.core.audienceReader();
        const question = (cursor: number | null) => ({ segment: of, number, cursor, limit, nowS: bench.nowS, fields: 'keys' }) as const;
        const liveNow = (): string[] => keysOf(scanSegment(twin, null, { ...question(null), limit: 1000 }));
        /** Who is live at each visit of a page. */
        let live: string[][] = [];
        let always = new Set(liveNow());
        const found: string[] = [];
        const gone: string[] = [];
        let next = 0;
        bench.reader.meanwhile = () => {
          run(bench, stages, ops[next++ % ops.length] as Doing);
          live.push(liveNow());
        };
        for (let cursor: number | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
          live = [liveNow()];
          const page = bench.index.scan(question(cursor), bench.nowS * 1000);
          const looked = limit === 1 ? (live.at(-1) ?? []) : live.flat();
          for (const key of keysOf(page)) if (!looked.includes(key)) gone.push(key);
          for (const keys of live) always = always.intersection(new Set(keys));
          found.push(...keysOf(page));
          cursor = page.next;
          bench.nowS += pauseS;
        }
        expect(gone).toEqual([]);
        if (ops.some(({ does }) => joining.has(does))) always = always.intersection(new Set(found));
        expect(new Set(found).isSupersetOf(always)).toBe(true);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});

const keysOf = (page: ScanPage): string[] =>
  Array.from(scannedIdentifiers(page), (each) => `${each.kind} ${'id' in each ? String(each.id) : JSON.stringify(each)}`);
