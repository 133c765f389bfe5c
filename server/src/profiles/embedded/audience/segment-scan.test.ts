import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SegmentId } from '../../../kit/ids.ts';
import { segment, user } from '../../profile-fixtures.ts';
import type { Identifier } from '../../identifier.ts';
import type { ScanPage, StageId } from '../../profile-store.ts';
import { scannedIdentifiers, scannedUsers } from '../../scan-page.ts';
import { scanSegment } from './segment-scan.ts';
import { addMany, Bench, type Doing, doing, people, run } from './audience-index.fixture.ts';

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

  it('of keys that was asked for before its segment was dropped names nobody who has gone since', () => {
    const bench = new Bench();
    for (const each of people) bench.add(each, [1]);
    bench.expectExact([{ segment: segment(1) }]);
    const question = { segment: segment(1), number: bench.core.numberOf(segment(1)), cursor: null, limit: 1000, nowS: bench.nowS } as const;
    bench.core.dropSegment(segment(1), bench.nowS);
    for (const each of people.slice(0, 100)) bench.core.forget(each, false, bench.nowS);
    const page = bench.index.scan({ ...question, fields: 'keys' }, bench.nowS * 1000);
    const left = new Set(people.slice(100).map(nameOf));
    for (const key of keysOf(page)) expect(left).toContain(key);
  });

  it('of keys gives who is live when it looks and nobody else, whatever changed since the flips were taken', () => {
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
const nameOf = (each: Identifier): string => `${each.kind} ${'id' in each ? String(each.id) : JSON.stringify(each)}`;
const keysOf = (page: ScanPage): string[] => Array.from(scannedIdentifiers(page), nameOf);
