import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../kit/clock.ts';
import { asMemberId } from '../kit/ids.ts';
import type { Identifier } from './identifier.ts';
import { OperationBatch } from './operation-batch.ts';
import { device, eid, external, FakeClock, outcomesOf, segment, user } from './profile-fixtures.ts';
import type { Outcome, ProfileStore } from './profile-store.ts';

export interface IdentityOptions {
  readonly clock: Clock;
  readonly holdExternals?: boolean;
}

/** What every engine of the port does with people of whom nothing is known but an identifier. `open` gives an empty store. */
export function describeIdentity(name: string, open: (options: IdentityOptions) => Promise<ProfileStore>): void {
  describe(`${name}: who is known`, () => {
    const opened: ProfileStore[] = [];
    const clock = new FakeClock();
    const openStore = async (options: Partial<IdentityOptions> = {}): Promise<ProfileStore> => {
      const store = await open({ clock, ...options });
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });
    const addToKnown = (store: ProfileStore, to: Identifier): Promise<Outcome[]> => {
      const batch = new OperationBatch().forUser(to);
      batch.add(segment(1), 1, clock.s, null);
      return outcomesOf(store, batch, { knownUsersOnly: true });
    };

    it('makes a user without memberships once, and writes that want known users take it then', async () => {
      const store = await openStore();
      for (const each of [user(1), device(1), eid('a')]) {
        expect(await addToKnown(store, each)).toEqual(['unknown-user']);
        expect([await store.see(each), await store.see(each)]).toEqual(['seen', 'known']);
        expect(await store.get(each)).toMatchObject({ known: true, optedOut: false, memberships: [] });
        expect(await addToKnown(store, each)).toEqual(['applied']);
      }
      expect(store.stats()).toMatchObject({ users: 3, identifiers: 3, memberships: 3 });
    });

    it('counts whom it has seen among all users', async () => {
      const store = await openStore();
      await store.see(user(1));
      expect(await store.evaluate({ not: { segment: segment(1) } })).toBe(1);
    });

    it('knows what a write or a link has named', async () => {
      const store = await openStore();
      await store.link(device(1), user(1), { expiresAtS: null, linkedBy: asMemberId(9) });
      expect([await store.see(user(1)), await store.see(device(1))]).toEqual(['known', 'known']);
      expect(store.stats().users).toBe(1);
    });

    it('sees nobody who is opted out, and again after optIn', async () => {
      const store = await openStore();
      await store.forget(user(1), { optOut: true });
      expect(await store.see(user(1))).toBe('opted-out');
      await store.optIn(user(1));
      expect(await store.see(user(1))).toBe('seen');
    });

    it('makes no user of an external id without a live mapping', async () => {
      const store = await openStore();
      expect(await store.see(external('x'))).toBe('unmapped');
      const mapping = { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) };
      await store.link(external('x'), user(1), mapping);
      expect(await store.see(external('x'))).toBe('known');
      clock.pass(60);
      expect(await store.see(external('x'))).toBe('unmapped');
      expect(store.stats().users).toBe(1);
    });

    it('holds an external id as a user of its own, if so opened', async () => {
      const store = await openStore({ holdExternals: true });
      await store.link(external('x'), user(1), { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) });
      clock.pass(60);
      expect([await store.see(external('x')), await store.see(external('y'))]).toEqual(['seen', 'seen']);
      expect(await store.get(external('x'))).toMatchObject({ known: true, userId: null, mappedUntilS: null });
      expect(await store.links(user(1))).toEqual([]);
    });

    it('links to nobody whom it does not know with knownUsersOnly, and makes nobody for it', async () => {
      const store = await openStore();
      const options = { expiresAtS: null, linkedBy: asMemberId(9), knownUsersOnly: true };
      expect(await store.link(device(1), user(1), options)).toBe('unknown-user');
      expect(store.stats()).toMatchObject({ users: 0, identifiers: 0 });
      await store.see(user(1));
      expect(await store.link(device(1), user(1), options)).toBe('linked');
      expect(await store.link(device(2), device(1), options)).toBe('linked');
      await store.forget(user(3), { optOut: true });
      expect(await store.link(device(1), user(3), options)).toBe('opted-out');
    });

    it('tells of whom an identifier names what get tells, without memberships', async () => {
      const store = await openStore();
      const everybody = [user(1), device(1), external('x'), user(2), user(3), device(4)];
      await store.see(user(1));
      await store.link(device(1), user(1), { expiresAtS: null, linkedBy: asMemberId(9) });
      await store.link(external('x'), user(1), { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) });
      await store.forget(user(2), { optOut: true });
      await store.see(user(3));
      await store.forget(user(3), { optOut: false });
      const standings = () => Promise.all(everybody.map((each) => store.standing(each)));
      expect(await standings()).toEqual(['known', 'known', 'known', 'opted-out', 'unknown', 'unknown']);
      clock.pass(60);
      expect(await standings()).toEqual(['known', 'known', 'unknown', 'opted-out', 'unknown', 'unknown']);
      await store.forget(device(1), { optOut: true });
      const told = (await store.getMany(everybody)).map(({ known, optedOut }) => (optedOut ? 'opted-out' : known ? 'known' : 'unknown'));
      expect(await standings()).toEqual(told);
      expect(told.slice(0, 2)).toEqual(['opted-out', 'opted-out']);
    });

    it('tells the first identifier of the user, whatever it is asked by', async () => {
      const store = await openStore({ holdExternals: true });
      const options = { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) };
      await store.link(eid('a'), device(1), options);
      await store.link(eid('b'), external('x'), options);
      const firsts = async (): Promise<Identifier[]> =>
        (await store.getMany([device(1), eid('a'), external('x'), eid('b')])).map((each) => each.first);
      expect(await firsts()).toEqual([device(1), device(1), external('x'), external('x')]);
      await store.link(device(1), user(1), options);
      await store.link(external('x'), eid('a'), options);
      expect(await firsts()).toEqual([user(1), user(1), user(1), user(1)]);
      await store.forget(user(1), { optOut: true });
      expect(await firsts()).toEqual([device(1), eid('a'), external('x'), eid('b')]);
    });
  });
}
