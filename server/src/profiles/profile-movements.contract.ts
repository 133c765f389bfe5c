import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../kit/clock.ts';
import { OperationBatch } from './operation-batch.ts';
import { device, FakeClock, outcomesOf, segment, user } from './profile-fixtures.ts';
import type { ApplyOptions, ProfileStore } from './profile-store.ts';

const day = 86_400;
const noonS = 1_700_049_600;

/** What every engine of the port tells of movements. `open` gives an empty store; the engine's sweep runs by itself, within 100 ms or so. */
export function describeMovements(name: string, open: (options: { readonly clock: Clock }) => Promise<ProfileStore>): void {
  describe(`${name}: movements`, () => {
    let clock = new FakeClock();
    let store: ProfileStore;
    const openStore = async (): Promise<void> => {
      clock = new FakeClock();
      clock.ms = noonS * 1000;
      store = await open({ clock });
    };
    afterEach(() => store.close());

    interface Addition {
      readonly inS?: number;
      readonly minutes?: number | null;
      readonly options?: Partial<ApplyOptions>;
    }
    const add = async (id: number, { inS = 0, minutes = null, options = {} }: Addition = {}): Promise<void> => {
      const batch = new OperationBatch().forUser(user(id));
      batch.add(segment(1), 1, clock.s + inS, minutes);
      await outcomesOf(store, batch, options);
    };
    const remove = async (id: number): Promise<void> => {
      const batch = new OperationBatch().forUser(user(id));
      batch.remove(segment(1));
      await outcomesOf(store, batch);
    };
    /** Days as [added, removed, expired], the oldest first. */
    const days = async (count = 1): Promise<number[][]> => {
      const [rows = []] = await store.movements([segment(1)], count);
      return rows.map(({ added, removed, expired }) => [added, removed, expired]);
    };
    const uniques = async (count: number): Promise<number[]> => {
      const [rows = []] = await store.movements([segment(1)], count);
      expect(rows.some(({ approximate }) => approximate)).toBe(false);
      return rows.map((row) => row.uniques);
    };
    const expectDays = async (expected: number[][]): Promise<void> => {
      await expect.poll(() => days(expected.length), { interval: 5 }).toEqual(expected);
    };

    it('count who comes and who is taken away, and no refreshes', async () => {
      await openStore();
      for (const id of [1, 2, 3, 1, 1]) await add(id);
      await remove(2);
      await remove(2);
      await remove(9);
      await add(2);
      expect(await days()).toEqual([[4, 1, 0]]);
    });

    it('are by UTC day, the oldest first, with days on which nothing happened', async () => {
      await openStore();
      await add(1);
      clock.pass(2 * day);
      await remove(1);
      expect(await days(4)).toEqual([
        [0, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
        [0, 1, 0],
      ]);
      const [rows] = await store.movements([segment(7)], 2);
      const nothing = { added: 0, removed: 0, expired: 0, uniques: 0, approximate: false };
      expect(rows).toEqual([1, 2].map((n) => ({ ...nothing, day: Math.floor(noonS / day) + n })));
      clock.pass(90 * day);
      expect(await days(90)).toEqual(Array.from({ length: 90 }, () => [0, 0, 0]));
    });

    it('count begins and ends on the day on which they were, whoever looks first', async () => {
      await openStore();
      await add(1, { minutes: 24 * 60 });
      await add(2, { inS: day, minutes: 24 * 60 });
      await add(3, { inS: day, minutes: 60 });
      await add(4, { minutes: 60 });
      clock.pass(4 * day);
      await add(4);
      await expectDays([
        [2, 0, 1],
        [2, 0, 2],
        [0, 0, 1],
        [0, 0, 0],
        [1, 0, 0],
      ]);
    });

    it('count nothing for an addition that has ended or never lives, but that it takes away what was there', async () => {
      await openStore();
      await add(1, { inS: -7200, minutes: 60 });
      await add(2, { minutes: 0 });
      await add(3);
      await add(3, { inS: -7200, minutes: 60 });
      await add(4);
      await add(4, { inS: 60, minutes: 0 });
      clock.pass(3600);
      await add(5);
      await expectDays([[3, 2, 0]]);
    });

    it('count in a replacement only who was not in before, and who is not in after it', async () => {
      await openStore();
      for (const id of [1, 2, 3]) await add(id);
      clock.pass(day);
      const stage = await store.stageReplace(segment(1));
      for (const id of [2, 3, 4]) await add(id, { options: { stage } });
      await add(5, { inS: 60, options: { stage } });
      await add(6, { minutes: 1, options: { stage } });
      clock.pass(60);
      await store.commit(stage);
      await expectDays([
        [3, 0, 0],
        [2, 1, 0],
      ]);
      const aborted = await store.stageReplace(segment(1));
      await add(7, { options: { stage: aborted } });
      await store.abort(aborted);
      expect((await days())[0]).toEqual([2, 1, 0]);
    });

    it('count as taken away who is forgotten, and one of two users that become one', async () => {
      await openStore();
      for (const id of [1, 2, 3, 4]) await add(id);
      await store.see(user(5));
      await store.merge(user(1), user(2));
      // Nobody new: the same person under another name.
      await store.merge(user(5), user(3));
      await store.forget(user(4), { optOut: true });
      await store.forget(device(1), { optOut: false });
      expect(await days()).toEqual([[4, 2, 0]]);
    });

    it('tell how many different users were added on a day, refreshes and what has ended included', async () => {
      await openStore();
      for (const id of [1, 2, 3, 1]) await add(id);
      await remove(2);
      await add(2);
      await remove(9);
      await add(4, { inS: -7200, minutes: 60 });
      clock.pass(day);
      for (const id of [1, 1, 5]) await add(id);
      expect(await uniques(2)).toEqual([4, 2]);
    });

    it('count a merged user once from then on, also on earlier days, and an erased one as it was', async () => {
      await openStore();
      for (const id of [1, 2, 3, 4]) await add(id);
      clock.pass(day);
      for (const id of [1, 2, 5]) await add(id);
      await store.merge(user(1), user(2));
      expect(await uniques(2)).toEqual([3, 2]);
      await store.merge(user(5), user(1));
      expect(await uniques(2)).toEqual([3, 1]);
      await store.forget(user(5), { optOut: false });
      await store.forget(user(3), { optOut: true });
      expect(await uniques(2)).toEqual([3, 1]);
      // Nobody knows any more that this is the same person.
      await add(5);
      expect(await uniques(2)).toEqual([3, 2]);
    });

    it('count the users of a replacement on the days of its additions, and none of an aborted one', async () => {
      await openStore();
      for (const id of [1, 2]) await add(id);
      const stage = await store.stageReplace(segment(1));
      for (const id of [2, 3]) await add(id, { options: { stage } });
      clock.pass(day);
      for (const id of [2, 4]) await add(id, { options: { stage } });
      expect(await uniques(2)).toEqual([2, 0]);
      await store.commit(stage);
      expect(await uniques(2)).toEqual([3, 2]);
      const aborted = await store.stageReplace(segment(1));
      await add(7, { options: { stage: aborted } });
      await store.abort(aborted);
      expect(await uniques(2)).toEqual([3, 2]);
    });

    it('keep the counts of days before last month, whoever is merged then', async () => {
      await openStore();
      for (const id of [1, 2, 3]) await add(id);
      clock.pass(70 * day);
      await add(1);
      await store.merge(user(1), user(2));
      expect((await uniques(71)).filter((users) => users > 0)).toEqual([3, 1]);
      clock.pass(20 * day);
      await add(1);
      expect((await uniques(90)).filter((users) => users > 0)).toEqual([1, 1]);
    });

    it('end with their segment', async () => {
      await openStore();
      await add(1);
      await store.dropSegment(segment(1));
      expect(await days()).toEqual([[0, 0, 0]]);
      await add(1);
      expect(await days()).toEqual([[1, 0, 0]]);
    });
  });
}
