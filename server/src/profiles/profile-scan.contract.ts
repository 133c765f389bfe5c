import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../kit/clock.ts';
import { OperationBatch } from './operation-batch.ts';
import { FakeClock, instant, segment, user } from './profile-fixtures.ts';
import type { ProfileStore } from './profile-store.ts';
import { scannedUsers } from './scan-page.ts';

/** What a scan of every engine of the port does while others write. */
export function describeScan(name: string, open: (options: { readonly clock: Clock }) => Promise<ProfileStore>): void {
  describe(`${name}: a scan`, () => {
    const opened: ProfileStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    it.each([false, true])(
      'gives everybody who stays exactly once, though others come and go between two pages (asked before: %s)',
      async (asked) => {
        const clock = new FakeClock();
        const store = await open({ clock });
        opened.push(store);
        const change = async (id: number, does: 'add' | 'remove'): Promise<void> => {
          const batch = new OperationBatch().forUser(user(id));
          if (does === 'add') batch.add(segment(1), id, clock.s, 60);
          else batch.remove(segment(1));
          await store.apply(batch, instant);
        };
        for (let id = 1; id <= 60; id++) await change(id, 'add');
        expect(asked ? await store.evaluate({ segment: segment(1) }) : 60).toBe(60);
        const found: number[] = [];
        for (let cursor: number | null = null, round = 1; ; round++) {
          const page = await store.scan(segment(1), cursor, 4);
          for (const { identifier, membership } of scannedUsers(page)) {
            expect(identifier).toEqual(user(membership.value));
            found.push(membership.value);
          }
          if (page.next === null) break;
          cursor = page.next;
          await change(round * 3, 'remove');
          await change(200 + round, 'add');
          await change(((round * 7) % 60) + 1, (round * 7 + 1) % 3 === 0 ? 'remove' : 'add');
          if (round % 5 === 0) await store.forget(user(200 + round), { optOut: true });
        }
        expect(new Set(found).size).toBe(found.length);
        const stayed = Array.from({ length: 60 }, (_, i) => i + 1).filter((id) => id % 3 !== 0);
        expect(found.filter((id) => id <= 60 && id % 3 !== 0).sort((a, b) => a - b)).toEqual(stayed);
      },
    );
  });
}
