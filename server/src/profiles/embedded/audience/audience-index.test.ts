import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SegmentId } from '../../../kit/ids.ts';
import { OperationBatch } from '../../operation-batch.ts';
import { instant, segment, user } from '../../profile-fixtures.ts';
import type { Expression, ScannedUser, StageId } from '../../profile-store.ts';
import { addMany, Bench, doing, expression, forEver, oneStep, people, run, segments, toTheEnd } from './audience-index.fixture.ts';

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
describe('a build', () => {
  it.each([
    ['several', [1, 2, 3, 7].map(segment), [0]],
    ['one', [segment(2)], []],
  ] as const)(
    'of %s is exact though users, memberships and known users change between its steps, on both sides of where it is',
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

  it('makes 20,000 sets in one scan, whose memory is a few bytes a membership and a directory', () => {
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
  it('are kept up without another scan, across chunks and forms', () => {
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
