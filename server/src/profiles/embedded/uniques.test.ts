import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationBatch } from '../operation-batch.ts';
import { device, FakeClock, instant, segment, user } from '../profile-fixtures.ts';
import type { SegmentDay } from '../profile-store.ts';
import { EmbeddedProfileStore } from './embedded-profile-store.ts';

const root = await mkdtemp(join(tmpdir(), 'foyer-uniques-'));
afterAll(() => rm(root, { recursive: true }));

const daySeconds = 86_400;
let clock: FakeClock;
let directory: string;
let store: EmbeddedProfileStore;
const open = async (uniquesBytes: number): Promise<void> => {
  store = await EmbeddedProfileStore.open({ directory, clock, ownThread: false, durability: 'os', uniquesBytes });
};
beforeEach(async () => {
  clock = new FakeClock();
  clock.ms = Date.UTC(2026, 0, 15, 12);
  directory = await mkdtemp(join(root, 'store-'));
});
afterEach(() => store.close());

/** Adds users to a segment, or takes them out: each `step`-th from `first` on. */
async function change(does: 'add' | 'remove', id: number, first: number, users: number, step: number): Promise<void> {
  const batch = new OperationBatch();
  for (let i = 0; i < users; i++) {
    batch.forUser(user(first + i * step));
    if (does === 'add') batch.add(segment(id), 1, clock.s, null);
    else batch.remove(segment(id));
  }
  await store.apply(batch, instant);
}
const add = (id: number, first: number, users: number, step = 1): Promise<void> => change('add', id, first, users, step);
async function days(id: number, count: number): Promise<readonly Pick<SegmentDay, 'uniques' | 'approximate'>[]> {
  const [rows = []] = await store.movements([segment(id)], count);
  return rows.map(({ uniques, approximate }) => ({ uniques, approximate }));
}
/** What was noted of earlier days comes into sets with the next day's first change. */
async function nextDay(): Promise<void> {
  clock.pass(daySeconds);
  await add(99, 1, 1);
  await store.sweep();
}

describe('distinct users beyond FOYER_UNIQUES_BYTES', () => {
  it('are estimated where their sets are largest, and are said to be; others stay exact, over a restart too', async () => {
    await open(40_000);
    await add(1, 1, 200_000);
    await add(2, 1, 500);
    // Four chunks of 65,536 ordinals have more than 4,096 of these each: bitmaps of 8 KiB.
    await add(3, 1, 33_000, 6);
    const present = await Promise.all([1, 2, 3].map((id) => days(id, 1)));
    expect(present.flat()).toEqual([200_000, 500, 33_000].map((uniques) => ({ uniques, approximate: false })));
    await nextDay();
    const past = async (): Promise<unknown> => Promise.all([1, 2, 3].map(async (id) => (await days(id, 2))[0]));
    const told = (await past()) as SegmentDay[];
    expect(told[1]).toEqual({ uniques: 500, approximate: false });
    const [first, , third] = told;
    expect(first?.approximate || third?.approximate).toBe(true);
    expect(Math.abs((first?.uniques ?? 0) / 200_000 - 1)).toBeLessThan(0.04);
    expect(Math.abs((third?.uniques ?? 0) / 33_000 - 1)).toBeLessThan(0.04);
    await store.snapshot();
    await store.close();
    await open(40_000);
    expect(await past()).toEqual(told);
  });

  it('of the present day are estimated too where many came and went, and nobody is counted twice who comes again', async () => {
    await open(20_000);
    await add(1, 1, 200_000);
    await add(2, 1, 33_000, 6);
    await change('remove', 2, 1, 33_000, 6);
    const [once] = await days(2, 1);
    expect(once?.approximate).toBe(true);
    expect(Math.abs((once?.uniques ?? 0) / 33_000 - 1)).toBeLessThan(0.04);
    await add(2, 1, 33_000, 6);
    await add(2, 1, 33_000, 6);
    expect(await days(2, 1)).toEqual([once]);
    await nextDay();
    expect((await days(2, 2))[0]).toEqual(once);
  });

  it('keep the counts alone of the oldest days where no set is large', async () => {
    await open(20_000);
    for (let id = 1; id <= 20; id++) await add(id, 1, 400);
    await nextDay();
    for (let id = 1; id <= 20; id++) await add(id, 1, 200);
    await nextDay();
    await store.merge(user(1), user(2));
    const counted = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await days(i + 1, 3)).slice(0, 2)));
    for (const [first, second] of counted) {
      // The merge is seen where there still is a set.
      expect([399, 400]).toContain(first?.uniques);
      expect(second).toEqual({ uniques: 199, approximate: false });
    }
    expect(counted.some(([first]) => first?.uniques === 400)).toBe(true);
  });
});

describe('distinct users in the engine', () => {
  it('are the same from sets of all forms, from a snapshot and from the log', async () => {
    await open(2 ** 28);
    await add(1, 1, 70_000);
    await add(2, 60_000, 10_000);
    await add(3, 1, 3000);
    await nextDay();
    await add(1, 50_000, 30_000);
    await store.forget(user(5), { optOut: false });
    await store.merge(user(60_001), user(70_001));
    // Of 60,001 and 70,001 segment 1 had one on the first day, and both on the second.
    const expected = [
      [70_000, 29_999],
      [10_000, 0],
      [3000, 0],
    ];
    const told = async (): Promise<number[][]> =>
      Promise.all([1, 2, 3].map(async (id) => (await days(id, 2)).map(({ uniques }) => uniques)));
    expect(await told()).toEqual(expected);
    await store.sweep();
    expect(await told()).toEqual(expected);
    await store.close();
    await open(2 ** 28);
    expect(await told()).toEqual(expected);
    await store.snapshot();
    await store.close();
    await open(2 ** 28);
    expect(await told()).toEqual(expected);
  });

  it('do not give the place of a merged user to somebody else before no set has it any more', async () => {
    await open(2 ** 28);
    await add(1, 1, 100);
    await nextDay();
    await store.merge(user(1), user(2));
    // New users, on another day: nobody of them was in the segment on the first.
    await add(2, 1000, 5);
    await store.snapshot();
    await store.close();
    await open(2 ** 28);
    await add(2, 2000, 5);
    await store.merge(user(3), user(1000));
    await store.sweep();
    await add(2, 3000, 5);
    expect((await days(1, 2))[0]).toEqual({ uniques: 99, approximate: false });
    expect((await days(2, 1))[0]).toEqual({ uniques: 15, approximate: false });
  });

  it('are those of the cut in a snapshot, though the day changes and a segment is replaced while it is written', async () => {
    await open(2 ** 28);
    for (let id = 1; id <= 5; id++) await add(id, 1, 20_000);
    const stage = await store.stageReplace(segment(2));
    const batch = new OperationBatch().forUser(user(20_001));
    batch.add(segment(2), 1, clock.s, null);
    await store.apply(batch, { ...instant, stage });
    const told = async (): Promise<unknown> => Promise.all([1, 2, 3].map((id) => days(id, 2)));
    const reopened = async (): Promise<unknown> => {
      await store.close();
      await open(2 ** 28);
      return told();
    };
    const first = store.snapshot();
    clock.pass(daySeconds);
    // Changes nothing and leaves no record, but the day goes on.
    expect(await store.unlink(device(1))).toBe(false);
    await store.sweep();
    await first;
    const before = await told();
    expect(before).toMatchObject([
      [{ uniques: 20_000 }, {}],
      [{ uniques: 20_000 }, {}],
      [{ uniques: 20_000 }, {}],
    ]);
    expect(await reopened()).toEqual(before);
    const second = store.snapshot();
    await store.commit(stage);
    await store.sweep();
    await second;
    const after = await told();
    expect(after).toMatchObject([
      [{ uniques: 20_000 }, {}],
      [{ uniques: 20_001 }, {}],
      [{ uniques: 20_000 }, {}],
    ]);
    expect(await reopened()).toEqual(after);
  });

  it('are counted for the later day when the clock steps back over midnight', async () => {
    await open(2 ** 28);
    await add(1, 1, 10);
    clock.pass(daySeconds);
    await add(1, 1, 3);
    clock.pass(-daySeconds);
    await add(1, 3, 4);
    clock.pass(daySeconds);
    expect(await days(1, 2)).toEqual([
      { uniques: 10, approximate: false },
      { uniques: 6, approximate: false },
    ]);
  });
});
