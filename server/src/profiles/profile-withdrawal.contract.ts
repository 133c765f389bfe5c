import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../kit/clock.ts';
import { OperationBatch } from './operation-batch.ts';
import { FakeClock, outcomesOf, segment, user } from './profile-fixtures.ts';
import type { ProfileStore } from './profile-store.ts';

/** What every engine of the port does with operations that were withdrawn from a batch. */
export function describeWithdrawal(name: string, open: (options: { readonly clock: Clock }) => Promise<ProfileStore>): void {
  describe(`${name}: a withdrawn operation`, () => {
    const opened: ProfileStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    it('adds nothing, takes nothing away, makes no user, and leaves its neighbours their places', async () => {
      const clock = new FakeClock();
      const store = await open({ clock });
      opened.push(store);
      const first = new OperationBatch().forUser(user(1));
      first.add(segment(4096), 5, clock.s, null);
      first.add(segment(2), 6, clock.s + 60, null);
      await outcomesOf(store, first);
      const batch = new OperationBatch().forUser(user(1));
      const withdrawn = [batch.add(segment(4096), 1, clock.s, null), batch.add(segment(2), 1, clock.s, null)];
      batch.add(segment(3), 7, clock.s, null);
      batch.forUser(user(2));
      withdrawn.push(batch.add(segment(3), 1, clock.s, null));
      for (const operation of withdrawn) batch.withdraw(operation);
      expect(await outcomesOf(store, batch)).toEqual(['over-limit', 'over-limit', 'applied', 'over-limit']);
      clock.pass(61);
      const { memberships } = await store.get(user(1));
      expect(memberships.map(({ segment: id, value }) => [id, value])).toEqual([
        [2, 6],
        [3, 7],
        [4096, 5],
      ]);
      expect((await store.get(user(2))).known).toBe(false);
    });

    it('must be one of the batch', () => {
      expect(() => new OperationBatch().withdraw(0)).toThrow(RangeError);
    });
  });
}
