import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../kit/clock.ts';
import { asMemberId } from '../kit/ids.ts';
import type { Identifier } from './identifier.ts';
import { OperationBatch } from './operation-batch.ts';
import { device, eid, external, FakeClock, instant, outcomesOf, segment, user } from './profile-fixtures.ts';
import { ProfileStageEnded, ProfileStoreUnavailable, type ApplyOptions, type Outcome, type ProfileStore } from './profile-store.ts';
import { scannedIdentifiers, scannedUsers } from './scan-page.ts';

export interface ContractOptions {
  readonly clock: Clock;
  readonly maxMembershipsPerProfile?: number;
  readonly maxLinksPerUser?: number;
  readonly holdExternals?: boolean;
}

const ifa: Identifier = { kind: 'ifa', type: 'ppid', id: 'É-ß-İ' };

/** What every engine of the port does. `open` gives an empty store; the engine's sweep runs by itself, within 100 ms or so. */
export function describeProfileStore(name: string, open: (options: ContractOptions) => Promise<ProfileStore>): void {
  describe(name, () => {
    let clock = new FakeClock();
    const opened: ProfileStore[] = [];
    const openStore = async (options: Partial<ContractOptions> = {}): Promise<ProfileStore> => {
      clock = new FakeClock();
      const store = await open({ clock, ...options });
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    /** Adds the identifier to segments, for a day. */
    const add = async (
      store: ProfileStore,
      to: Identifier,
      segments: readonly number[],
      options: Partial<ApplyOptions> = {},
    ): Promise<Outcome[]> => {
      const batch = new OperationBatch().forUser(to);
      for (const id of segments) batch.add(segment(id), id + 1, clock.s, 1440);
      return outcomesOf(store, batch, options);
    };
    const held = async (store: ProfileStore, by: Identifier): Promise<number[]> =>
      (await store.get(by)).memberships.map((each) => each.segment);
    const scanned = async (store: ProfileStore, id: number, limit = 100): Promise<Identifier[]> => {
      const found: Identifier[] = [];
      for (let cursor: number | null = null; ;) {
        const page = await store.scan(segment(id), cursor, limit);
        expect(page.count).toBeLessThanOrEqual(limit);
        found.push(...Array.from(scannedUsers(page), (each) => each.identifier));
        if (page.next === null) return found;
        cursor = page.next;
      }
    };
    const forEver = { expiresAtS: null, linkedBy: asMemberId(9) };

    describe('apply and get', () => {
      it('answers all live memberships with value, time, lifetime and source, by segment id', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(1));
        expect(batch.add(segment(20), 7, clock.s, 60)).toBe(0);
        expect(batch.add(segment(3), 0, clock.s - 5, null)).toBe(1);
        expect(await outcomesOf(store, batch, { source: { kind: 'batch', job: 268_435_455 } })).toEqual(['applied', 'applied']);
        const source = { kind: 'batch', job: 268_435_455 };
        expect(await store.get(user(1))).toEqual({
          known: true,
          optedOut: false,
          userId: 1n,
          first: user(1),
          mappedUntilS: null,
          memberships: [
            { segment: 3, value: 0, addedAtS: clock.s - 5, lifetimeMinutes: null, source },
            { segment: 20, value: 7, addedAtS: clock.s, lifetimeMinutes: 60, source },
          ],
        });
      });

      it('takes the largest values, ids and times as they are', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(2n ** 64n - 1n));
        batch.add(segment(2 ** 32 - 1), 2_147_483_647, clock.s, 2_147_483_647);
        await outcomesOf(store, batch);
        const [membership] = (await store.get(user(2n ** 64n - 1n))).memberships;
        expect(membership).toMatchObject({ segment: 2 ** 32 - 1, value: 2_147_483_647, lifetimeMinutes: 2_147_483_647 });
      });

      it('knows nothing of a user that nobody has named', async () => {
        const store = await openStore();
        const nothing = { known: false, optedOut: false, mappedUntilS: null, memberships: [] };
        expect(await store.get(user(5))).toEqual({ ...nothing, userId: 5n, first: user(5) });
        expect(await store.get(device(5))).toEqual({ ...nothing, userId: null, first: device(5) });
      });

      it('runs operations in order: the last one of a segment wins, whole', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(1));
        batch.add(segment(1), 1, clock.s, null);
        batch.forUser(user(2)).add(segment(1), 2, clock.s, null);
        batch.forUser(user(1)).remove(segment(1));
        batch.add(segment(1), 3, clock.s - 100, 60);
        batch.add(segment(2), 1, clock.s, 60);
        batch.remove(segment(2));
        expect(await outcomesOf(store, batch)).toEqual(Array(6).fill('applied'));
        expect((await store.get(user(1))).memberships).toMatchObject([
          { segment: 1, value: 3, addedAtS: clock.s - 100, lifetimeMinutes: 60 },
        ]);
        expect(await store.count(segment(1))).toBe(2);
        expect(await store.count(segment(2))).toBe(0);
      });

      it('removes what is not there without making a user', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(1));
        batch.remove(segment(1));
        expect(await outcomesOf(store, batch)).toEqual(['applied']);
        expect((await store.get(user(1))).known).toBe(false);
      });

      it('lets every kind of identifier but an external id be a user at once', async () => {
        const store = await openStore();
        const kinds = [
          user(1),
          device(1),
          device(1, 'aaid'),
          { kind: 'device', domain: 'sha1udid', id: 'ab'.repeat(20) } as const,
          eid('x'),
          ifa,
        ];
        for (const [i, each] of kinds.entries()) expect(await add(store, each, [i + 1])).toEqual(['applied']);
        for (const [i, each] of kinds.entries()) expect(await held(store, each)).toEqual([i + 1]);
        expect(await add(store, external('x'), [1, 2])).toEqual(['unmapped', 'unmapped']);
        expect(await store.get(external('x'))).toMatchObject({ known: false, userId: null, memberships: [] });
      });

      it('tells identifiers apart that differ in one character, member, domain or source', async () => {
        const store = await openStore();
        for (let i = 0; i < 300; i++) await add(store, eid(`id-${i}`), [i + 1]);
        for (let i = 0; i < 300; i++) expect(await held(store, eid(`id-${i}`))).toEqual([i + 1]);
        expect(await held(store, eid('id-1 '))).toEqual([]);
        expect(await held(store, { kind: 'ifa', type: 'netid.de', id: 'id-1' })).toEqual([]);
      });

      it('answers many profiles at once, in order', async () => {
        const store = await openStore();
        await add(store, user(2), [4]);
        expect((await store.getMany([user(1), user(2)])).map((each) => each.known)).toEqual([false, true]);
      });

      it('makes no user with knownUsersOnly, and knows users that a write or a link has named', async () => {
        const store = await openStore();
        const known = { knownUsersOnly: true };
        expect(await add(store, user(1), [1], known)).toEqual(['unknown-user']);
        expect((await store.get(user(1))).known).toBe(false);
        await add(store, user(1), [1]);
        expect(await add(store, user(1), [2], known)).toEqual(['applied']);
        await store.link(device(1), user(2), forEver);
        expect(await add(store, user(2), [2], known)).toEqual(['applied']);
        expect(await add(store, device(1), [3], known)).toEqual(['applied']);
      });

      it('refuses memberships beyond the maximum as full, takes changes of those that are there, and counts ended ones not', async () => {
        const store = await openStore({ maxMembershipsPerProfile: 3 });
        const batch = new OperationBatch().forUser(user(1));
        for (const id of [1, 2, 3, 4]) batch.add(segment(id), 1, clock.s, id === 1 ? 1 : 100);
        batch.add(segment(3), 9, clock.s, 100);
        expect(await outcomesOf(store, batch)).toEqual(['applied', 'applied', 'applied', 'full', 'applied']);
        expect(await held(store, user(1))).toEqual([1, 2, 3]);
        clock.pass(60);
        expect(await add(store, user(1), [4, 5])).toEqual(['applied', 'full']);
        expect(await held(store, user(1))).toEqual([2, 3, 4]);
      });

      it('takes a profile of 4,095 memberships', async () => {
        const store = await openStore();
        const ids = Array.from({ length: 4095 }, (_, i) => i * 3 + 1);
        expect(new Set(await add(store, user(1), ids.toReversed()))).toEqual(new Set(['applied']));
        expect(await add(store, user(1), [2])).toEqual(['full']);
        expect(await held(store, user(1))).toEqual(ids);
      });

      it('has taken a batch by the time it settles: the batch may be used again', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(1));
        batch.add(segment(1), 1, clock.s, null);
        await store.apply(batch, instant);
        batch.clear();
        batch.forUser(user(2)).add(segment(2), 1, clock.s, null);
        await store.apply(batch, instant);
        expect([await held(store, user(1)), await held(store, user(2))]).toEqual([[1], [2]]);
      });

      it('takes calls that are under way together in the order of the calls', async () => {
        const store = await openStore();
        const calls: Promise<unknown>[] = [];
        for (let i = 0; i < 50; i++) {
          const batch = new OperationBatch().forUser(user(1));
          batch.add(segment(1), i, clock.s, null);
          calls.push(store.apply(batch, instant));
        }
        await Promise.all(calls);
        expect((await store.get(user(1))).memberships).toMatchObject([{ value: 49 }]);
      });

      it('takes an empty batch', async () => {
        const store = await openStore();
        expect(await outcomesOf(store, new OperationBatch())).toEqual([]);
      });
    });

    describe('time', () => {
      it('shows a membership from its addedAt on, and not before', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(1));
        batch.add(segment(1), 1, clock.s + 10, 60);
        await outcomesOf(store, batch);
        expect(await held(store, user(1))).toEqual([]);
        expect(await store.count(segment(1))).toBe(0);
        expect(await scanned(store, 1)).toEqual([]);
        expect(await store.evaluate({ segment: segment(1) })).toBe(0);
        clock.pass(9);
        expect(await held(store, user(1))).toEqual([]);
        clock.pass(1);
        expect(await held(store, user(1))).toEqual([1]);
        expect(await scanned(store, 1)).toEqual([user(1)]);
        expect(await store.evaluate({ segment: segment(1) })).toBe(1);
        await eventually(async () => expect(await store.count(segment(1))).toBe(1));
      });

      it('ends a membership at addedAt + lifetime, to the second, everywhere; the count follows', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(1));
        batch.add(segment(1), 1, clock.s - 30, 1);
        batch.add(segment(2), 1, clock.s, null);
        await outcomesOf(store, batch);
        clock.pass(29);
        expect(await held(store, user(1))).toEqual([1, 2]);
        clock.pass(1);
        expect(await held(store, user(1))).toEqual([2]);
        expect(await scanned(store, 1)).toEqual([]);
        expect(await store.evaluate({ segment: segment(1) })).toBe(0);
        await eventually(async () => expect(await store.count(segment(1))).toBe(0));
        clock.pass(100 * 365 * 86_400);
        expect(await held(store, user(1))).toEqual([2]);
        expect(await store.count(segment(2))).toBe(1);
      });

      it('does not show a membership that had ended when it was added, and it replaces the one before', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        const batch = new OperationBatch().forUser(user(1));
        batch.add(segment(1), 1, clock.s - 60, 1);
        expect(await outcomesOf(store, batch)).toEqual(['applied']);
        expect(await held(store, user(1))).toEqual([]);
        expect(await store.count(segment(1))).toBe(0);
      });

      it('counts a refreshed membership once', async () => {
        const store = await openStore();
        for (let i = 0; i < 3; i++) await add(store, user(1), [1]);
        await add(store, user(2), [1]);
        expect(await store.count(segment(1))).toBe(2);
        clock.pass(1440 * 60 - 1);
        await add(store, user(1), [1]);
        clock.pass(1);
        await eventually(async () => expect(await store.count(segment(1))).toBe(1));
      });
    });

    describe('chunks', () => {
      const chunk = { job: 7, sequence: 0 };

      it('applies a chunk once and answers the stored outcomes to a repetition', async () => {
        const store = await openStore({ maxMembershipsPerProfile: 2 });
        const batch = new OperationBatch().forUser(user(1));
        for (const id of [1, 2, 3]) batch.add(segment(id), 1, clock.s, null);
        const first = await store.apply(batch, { ...instant, chunk });
        expect(first.repeated).toBe(false);
        batch.clear();
        batch.forUser(user(1)).remove(segment(1));
        await store.apply(batch, instant);
        const again = await store.apply(batch, { ...instant, chunk });
        expect(again.repeated).toBe(true);
        expect([...again.outcomes]).toEqual([...first.outcomes]);
        expect(await held(store, user(1))).toEqual([2]);
      });

      it('tells jobs and sequences apart', async () => {
        const store = await openStore();
        expect(await add(store, user(1), [1], { chunk })).toEqual(['applied']);
        expect(await add(store, user(1), [2, 3], { chunk: { job: 7, sequence: 1 } })).toEqual(['applied', 'applied']);
        expect(await add(store, user(1), [4], { chunk: { job: 8, sequence: 0 } })).toEqual(['applied']);
        expect(await held(store, user(1))).toEqual([1, 2, 3, 4]);
      });

      it('keeps a chunk of which everything was refused, and an empty one', async () => {
        const store = await openStore();
        await add(store, external('x'), [1], { chunk });
        await store.link(external('x'), user(1), forEver);
        expect(await add(store, external('x'), [1], { chunk })).toEqual(['unmapped']);
        await store.apply(new OperationBatch(), { ...instant, chunk: { job: 7, sequence: 9 } });
        expect((await store.apply(new OperationBatch(), { ...instant, chunk: { job: 7, sequence: 9 } })).repeated).toBe(true);
      });

      it('forgets the chunks of one job', async () => {
        const store = await openStore();
        await add(store, user(1), [1], { chunk });
        await add(store, user(1), [1], { chunk: { job: 8, sequence: 0 } });
        await store.forgetChunks(7);
        await store.forgetChunks(99);
        expect((await store.apply(new OperationBatch(), { ...instant, chunk })).repeated).toBe(false);
        expect((await store.apply(new OperationBatch(), { ...instant, chunk: { job: 8, sequence: 0 } })).repeated).toBe(true);
      });
    });

    describe('count, scan and evaluate', () => {
      it('pages through a segment, each user once, by its user id where it has one', async () => {
        const store = await openStore();
        for (let i = 1; i <= 25; i++) await add(store, user(i), i % 2 === 0 ? [1, 2] : [1]);
        await add(store, device(1), [2]);
        await store.link(device(2), user(2), forEver);
        const all = await scanned(store, 2, 5);
        expect(new Set(all.map(nameOf))).toEqual(
          new Set([...Array.from({ length: 12 }, (_, i) => nameOf(user(i * 2 + 2))), nameOf(device(1))]),
        );
        expect(all).toHaveLength(13);
        const [first] = scannedUsers(await store.scan(segment(2), null, 1));
        expect(first?.membership).toEqual({ segment: 2, value: 3, addedAtS: clock.s, lifetimeMinutes: 1440, source: instant.source });
        expect(await store.scan(segment(99), null, 5)).toMatchObject({ count: 0, next: null });
        const keys = await store.scan(segment(2), null, 100, 'keys');
        expect([...scannedIdentifiers(keys)]).toEqual(
          [...scannedUsers(await store.scan(segment(2), null, 100))].map((each) => each.identifier),
        );
        expect(keys.memberships).toHaveLength(0);
      });

      it('counts exactly the users that an expression holds for; not is relative to all known users', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        await add(store, user(2), [1, 2]);
        await add(store, user(3), [2, 3]);
        await add(store, device(4), [3]);
        await store.forget(user(5), { optOut: true });
        const [a, b, c] = [{ segment: segment(1) }, { segment: segment(2) }, { segment: segment(3) }];
        expect(await store.evaluate(a)).toBe(2);
        expect(await store.evaluate({ and: [a, b] })).toBe(1);
        expect(await store.evaluate({ or: [a, c] })).toBe(4);
        expect(await store.evaluate({ not: a })).toBe(2);
        expect(await store.evaluate({ and: [{ not: a }, { not: b }] })).toBe(1);
        expect(await store.evaluate({ not: { segment: segment(99) } })).toBe(4);
        expect(await store.evaluate({ and: [] })).toBe(4);
        expect(await store.evaluate({ or: [] })).toBe(0);
      });

      it('bounds values inclusively', async () => {
        const store = await openStore();
        const batch = new OperationBatch();
        for (const value of [0, 5, 10]) batch.forUser(user(value + 1)).add(segment(1), value, clock.s, null);
        await outcomesOf(store, batch);
        expect(await store.evaluate({ segment: segment(1), minValue: 5 })).toBe(2);
        expect(await store.evaluate({ segment: segment(1), maxValue: 5 })).toBe(2);
        expect(await store.evaluate({ segment: segment(1), minValue: 1, maxValue: 4 })).toBe(0);
      });
    });

    describe('link and unlink', () => {
      it('makes an identifier read and write its user everywhere', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        expect(await store.link(device(1), user(1), forEver)).toBe('linked');
        expect(await store.get(device(1))).toMatchObject({ known: true, userId: 1n, first: user(1), mappedUntilS: null });
        await add(store, device(1), [2]);
        expect(await held(store, user(1))).toEqual([1, 2]);
        expect(await store.count(segment(2))).toBe(1);
      });

      it('links to an identifier that hangs on a user, and makes a user that is not there', async () => {
        const store = await openStore();
        expect(await store.link(device(1), user(1), forEver)).toBe('linked');
        expect(await store.link(eid('a'), device(1), forEver)).toBe('linked');
        expect((await store.get(eid('a'))).userId).toBe(1n);
        expect(await store.link(eid('b'), device(7), forEver)).toBe('linked');
        expect(await store.get(eid('b'))).toMatchObject({ known: true, userId: null, first: device(7) });
      });

      it('merges an identifier that was a user of its own, with all that was linked to it', async () => {
        const store = await openStore();
        const old = new OperationBatch().forUser(device(1));
        old.add(segment(1), 10, clock.s - 10, null);
        old.add(segment(2), 10, clock.s, null);
        old.add(segment(3), 10, clock.s + 5, null);
        old.add(segment(4), 10, clock.s + 9, null);
        old.forUser(user(1)).add(segment(1), 20, clock.s, null);
        old.add(segment(2), 20, clock.s, null);
        old.add(segment(3), 20, clock.s, null);
        await outcomesOf(store, old);
        await store.link(eid('a'), device(1), forEver);
        expect(await store.link(device(1), user(1), forEver)).toBe('linked');
        clock.pass(60);
        const values = (await store.get(user(1))).memberships.map((each) => [each.segment, each.value]);
        expect(values).toEqual([
          [1, 20],
          [2, 20],
          [3, 10],
          [4, 10],
        ]);
        expect((await store.get(eid('a'))).userId).toBe(1n);
        await eventually(async () => expect(await store.count(segment(4))).toBe(1));
        expect(await store.count(segment(1))).toBe(1);
      });

      it('lets an ended membership win over nothing when users come together', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(device(1));
        batch.add(segment(1), 10, clock.s, 1);
        batch.forUser(user(1)).add(segment(1), 20, clock.s - 10, null);
        await outcomesOf(store, batch);
        clock.pass(60);
        await store.link(device(1), user(1), forEver);
        expect((await store.get(user(1))).memberships).toMatchObject([{ segment: 1, value: 20 }]);
      });

      it('moves an identifier that hung on another user alone, and leaves memberships there', async () => {
        const store = await openStore();
        await store.link(device(1), user(1), forEver);
        await store.link(device(2), user(1), forEver);
        await add(store, device(1), [1]);
        expect(await store.link(device(1), user(2), forEver)).toBe('moved');
        expect(await held(store, user(1))).toEqual([1]);
        expect(await held(store, device(1))).toEqual([]);
        expect((await store.get(device(1))).userId).toBe(2n);
        expect((await store.get(device(2))).userId).toBe(1n);
      });

      it('answers unchanged for what already names the user, and renews the end of the mapping', async () => {
        const store = await openStore();
        const at = clock.s;
        await store.link(external('x'), user(1), { expiresAtS: at + 10, linkedBy: asMemberId(9) });
        clock.pass(5);
        expect(await store.link(external('x'), user(1), { expiresAtS: at + 100, linkedBy: asMemberId(8) })).toBe('unchanged');
        expect((await store.get(external('x'))).mappedUntilS).toBe(at + 100);
        expect(await store.links(user(1))).toEqual([{ identifier: external('x'), linkedAtS: at, expiresAtS: at + 100, linkedBy: 8 }]);
        await add(store, device(1), [1]);
        expect(await store.link(device(1), device(1), forEver)).toBe('unchanged');
      });

      it('ends an external id at its time: it is unmapped then, and can be mapped to another', async () => {
        const store = await openStore();
        const mapping = { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) };
        await store.link(external('x'), user(1), mapping);
        expect(await add(store, external('x'), [1])).toEqual(['applied']);
        clock.pass(59);
        expect(await store.get(external('x'))).toMatchObject({ known: true, userId: 1n, mappedUntilS: mapping.expiresAtS });
        clock.pass(1);
        expect(await store.get(external('x'))).toEqual({
          known: false,
          optedOut: false,
          userId: null,
          first: external('x'),
          mappedUntilS: null,
          memberships: [],
        });
        expect(await add(store, external('x'), [2])).toEqual(['unmapped']);
        expect(await store.links(user(1))).toEqual([]);
        expect(await store.unlink(external('x'))).toBe(false);
        expect(await held(store, user(1))).toEqual([1]);
        await wait(30);
        expect(await store.link(external('x'), user(2), { ...mapping, expiresAtS: clock.s + 60 })).toBe('linked');
        expect((await store.get(external('x'))).userId).toBe(2n);
      });

      it('treats a mapping whose end is past as unmapped, and lets nothing but external ids end', async () => {
        const store = await openStore();
        const past = { expiresAtS: clock.s - 1, linkedBy: asMemberId(9) };
        await store.link(external('x'), user(1), past);
        expect((await store.get(external('x'))).known).toBe(false);
        await store.link(device(1), user(1), past);
        expect(await store.get(device(1))).toMatchObject({ userId: 1n, mappedUntilS: null });
      });

      it('links nothing to an external id without a live mapping', async () => {
        const store = await openStore();
        expect(await store.link(device(1), external('x'), forEver)).toBe('unmapped');
        expect((await store.get(device(1))).known).toBe(false);
      });

      it('unlinks: memberships stay with the user, the identifier starts empty, an external id is unmapped', async () => {
        const store = await openStore();
        await store.link(device(1), user(1), forEver);
        await store.link(external('x'), user(1), forEver);
        await add(store, device(1), [1]);
        expect(await store.unlink(device(1))).toBe(true);
        expect(await store.unlink(device(1))).toBe(false);
        expect(await store.unlink(external('x'))).toBe(true);
        expect(await store.get(device(1))).toMatchObject({ userId: null, memberships: [] });
        expect(await held(store, user(1))).toEqual([1]);
        expect(await add(store, external('x'), [2])).toEqual(['unmapped']);
        expect(await add(store, device(1), [2])).toEqual(['applied']);
        expect(await held(store, user(1))).toEqual([1]);
      });

      it('unlinks nothing that is not linked', async () => {
        const store = await openStore();
        await add(store, device(1), [1]);
        for (const each of [device(1), device(2), external('x')]) expect(await store.unlink(each)).toBe(false);
        expect(await held(store, device(1))).toEqual([1]);
      });

      it('lists what hangs on a user, asked by any of its identifiers, by the time of linking', async () => {
        const store = await openStore();
        await store.link(eid('a'), user(1), forEver);
        clock.pass(10);
        await store.link(external('x'), user(1), { expiresAtS: clock.s + 5, linkedBy: asMemberId(3) });
        const expected = [
          { identifier: eid('a'), linkedAtS: clock.s - 10, expiresAtS: null, linkedBy: 9 },
          { identifier: external('x'), linkedAtS: clock.s, expiresAtS: clock.s + 5, linkedBy: 3 },
        ];
        for (const by of [user(1), eid('a'), external('x')]) expect(await store.links(by)).toEqual(expected);
        expect(await store.links(user(2))).toEqual([]);
      });

      it('refuses a user id: that is a merge', async () => {
        const store = await openStore();
        await expect(store.link(user(1), user(2), forEver)).rejects.toThrow(TypeError);
      });

      it('answers full beyond the maximum of links, or where the profiles do not fit together, and does nothing', async () => {
        const store = await openStore({ maxLinksPerUser: 2, maxMembershipsPerProfile: 3 });
        for (const n of [1, 2]) expect(await store.link(device(n), user(1), forEver)).toBe('linked');
        expect(await store.link(device(3), user(1), forEver)).toBe('full');
        expect((await store.get(device(3))).known).toBe(false);
        await add(store, user(2), [1, 2]);
        await add(store, device(4), [2, 3, 4]);
        expect(await store.link(device(4), user(2), forEver)).toBe('full');
        expect(await store.merge(user(2), device(4))).toBe(false);
        expect(await held(store, device(4))).toEqual([2, 3, 4]);
      });

      it('keeps memberships of an unmapped external id for its mapping, if so opened', async () => {
        const store = await openStore({ holdExternals: true });
        expect(await add(store, external('x'), [1])).toEqual(['applied']);
        expect(await store.get(external('x'))).toMatchObject({ known: true, userId: null });
        expect(await store.link(external('x'), user(1), { ...forEver, expiresAtS: clock.s + 60 })).toBe('linked');
        expect(await held(store, user(1))).toEqual([1]);
        clock.pass(60);
        expect(await held(store, external('x'))).toEqual([]);
        expect(await add(store, external('x'), [2])).toEqual(['applied']);
        expect(await held(store, user(1))).toEqual([1]);
      });
    });

    describe('merge', () => {
      it('brings everything of one user to the other, in one step; per segment the newer addedAt wins whole', async () => {
        const store = await openStore();
        const batch = new OperationBatch().forUser(user(1));
        batch.add(segment(1), 1, clock.s - 1, 60);
        batch.add(segment(2), 1, clock.s, 60);
        batch.forUser(user(2)).add(segment(1), 2, clock.s, null);
        batch.add(segment(2), 2, clock.s, null);
        batch.add(segment(3), 2, clock.s, null);
        await outcomesOf(store, batch);
        await store.link(device(2), user(2), forEver);
        expect(await store.merge(user(1), user(2))).toBe(true);
        const values = (await store.get(user(1))).memberships.map((each) => [each.segment, each.value, each.lifetimeMinutes]);
        expect(values).toEqual([
          [1, 2, null],
          [2, 1, 60],
          [3, 2, null],
        ]);
        for (const each of [user(2), device(2)]) expect(await store.get(each)).toMatchObject({ known: true, userId: 1n });
        expect(await store.count(segment(2))).toBe(1);
        expect(await store.merge(user(1), user(2))).toBe(false);
        expect(await store.merge(user(2), device(2))).toBe(false);
      });

      it('keeps the user id as first identifier', async () => {
        const store = await openStore();
        await add(store, device(1), [1]);
        await add(store, user(1), [2]);
        expect(await store.merge(device(1), user(1))).toBe(true);
        expect(await scanned(store, 1)).toEqual([user(1)]);
        expect((await store.get(device(1))).userId).toBe(1n);
      });

      it('answers false where either is unknown or opted out', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        await store.forget(user(3), { optOut: true });
        for (const other of [user(2), external('x'), user(3)]) {
          expect(await store.merge(user(1), other)).toBe(false);
          expect(await store.merge(other, user(1))).toBe(false);
        }
        expect((await store.get(user(2))).known).toBe(false);
      });
    });

    describe('forget and opt-out', () => {
      it('ends all memberships and links', async () => {
        const store = await openStore();
        await store.link(device(1), user(1), forEver);
        await store.link(external('x'), user(1), forEver);
        await add(store, user(1), [1, 2]);
        await store.forget(device(1), { optOut: false });
        for (const each of [user(1), device(1), external('x')])
          expect(await store.get(each)).toMatchObject({ known: false, optedOut: false, memberships: [] });
        expect(await store.count(segment(1))).toBe(0);
        expect(store.stats()).toMatchObject({ users: 0, identifiers: 0 });
        expect(await add(store, device(1), [3])).toEqual(['applied']);
        expect((await store.get(user(1))).known).toBe(false);
      });

      it('with optOut refuses all later writes to the user and to what was linked to it', async () => {
        const store = await openStore();
        await store.link(device(1), user(1), forEver);
        await store.link(external('x'), user(1), forEver);
        await add(store, user(1), [1]);
        await store.forget(user(1), { optOut: true });
        for (const each of [user(1), device(1), external('x')]) {
          expect(await store.get(each)).toMatchObject({ known: false, optedOut: true, memberships: [] });
          expect(await add(store, each, [1])).toEqual(['opted-out']);
          expect(await add(store, each, [1], { knownUsersOnly: true })).toEqual(['opted-out']);
          expect(await store.link(device(9), each, forEver)).toBe('opted-out');
        }
        expect(await store.link(device(1), user(9), forEver)).toBe('opted-out');
        expect(await store.links(user(1))).toEqual([]);
        expect(await store.count(segment(1))).toBe(0);
        expect(await store.evaluate({ not: { segment: segment(1) } })).toBe(0);
      });

      it('takes an opt-out of somebody that nobody has seen, and the mark outlives a forget', async () => {
        const store = await openStore();
        for (const each of [user(1), external('x')]) {
          await store.forget(each, { optOut: true });
          await store.forget(each, { optOut: false });
          expect(await add(store, each, [1])).toEqual(['opted-out']);
        }
      });

      it('takes writes again after optIn, from nothing', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        await store.forget(user(1), { optOut: true });
        await store.optIn(user(1));
        await store.optIn(user(2));
        expect(await store.get(user(1))).toMatchObject({ known: false, optedOut: false });
        expect(await add(store, user(1), [2])).toEqual(['applied']);
        expect(await held(store, user(1))).toEqual([2]);
      });
    });

    describe('replace and drop', () => {
      it('shows the old members until commit, and then only the staged ones', async () => {
        const store = await openStore();
        await add(store, user(1), [1, 2]);
        await add(store, user(2), [1]);
        const stage = await store.stageReplace(segment(1));
        await add(store, user(2), [1, 2], { stage });
        await add(store, user(3), [1], { stage });
        await add(store, user(4), [1]);
        expect((await scanned(store, 1)).map(nameOf).sort()).toEqual([user(1), user(2), user(4)].map(nameOf).sort());
        expect(await held(store, user(2))).toEqual([1, 2]);
        expect(await store.count(segment(1))).toBe(3);
        await store.commit(stage);
        expect((await scanned(store, 1)).map(nameOf).sort()).toEqual([user(2), user(3)].map(nameOf).sort());
        expect(await store.count(segment(1))).toBe(2);
        expect(await held(store, user(1))).toEqual([2]);
        expect(await store.evaluate({ segment: segment(1) })).toBe(2);
      });

      it('removes from the stage, not from the segment', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        const stage = await store.stageReplace(segment(1));
        await add(store, user(1), [1], { stage });
        const batch = new OperationBatch().forUser(user(1));
        batch.remove(segment(1));
        await outcomesOf(store, batch, { stage });
        expect(await held(store, user(1))).toEqual([1]);
        await store.commit(stage);
        expect(await held(store, user(1))).toEqual([]);
      });

      it('drops the stage on abort', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        const stage = await store.stageReplace(segment(1));
        await add(store, user(2), [1], { stage });
        await store.abort(stage);
        await store.abort(stage);
        expect(await scanned(store, 1)).toEqual([user(1)]);
        await expect(store.commit(stage)).rejects.toThrow(ProfileStageEnded);
        await expect(add(store, user(2), [1], { stage })).rejects.toThrow(ProfileStageEnded);
      });

      it('lets a second stage of the same segment abort the first', async () => {
        const store = await openStore();
        const first = await store.stageReplace(segment(1));
        await add(store, user(1), [1], { stage: first });
        const second = await store.stageReplace(segment(1));
        const other = await store.stageReplace(segment(2));
        await expect(store.commit(first)).rejects.toThrow(ProfileStageEnded);
        await add(store, user(2), [1], { stage: second });
        await store.commit(second);
        await store.commit(other);
        expect(await scanned(store, 1)).toEqual([user(2)]);
      });

      it('takes a repeated commit, so that a job may ask again after a crash', async () => {
        const store = await openStore();
        const stage = await store.stageReplace(segment(1));
        await add(store, user(1), [1], { stage });
        await store.commit(stage);
        await store.commit(stage);
        await store.abort(stage);
        expect(await scanned(store, 1)).toEqual([user(1)]);
      });

      it('empties a segment by committing an empty stage', async () => {
        const store = await openStore();
        await add(store, user(1), [1]);
        await store.commit(await store.stageReplace(segment(1)));
        expect(await store.count(segment(1))).toBe(0);
        expect(await held(store, user(1))).toEqual([]);
      });

      it('ends all memberships of a dropped segment at once; the id may be used again', async () => {
        const store = await openStore();
        await add(store, user(1), [1, 2]);
        const stage = await store.stageReplace(segment(1));
        await store.dropSegment(segment(1));
        await store.dropSegment(segment(77));
        expect(await held(store, user(1))).toEqual([2]);
        expect(await store.count(segment(1))).toBe(0);
        expect(await scanned(store, 1)).toEqual([]);
        expect(await store.evaluate({ segment: segment(1) })).toBe(0);
        await expect(store.commit(stage)).rejects.toThrow(ProfileStageEnded);
        await add(store, user(2), [1]);
        expect(await scanned(store, 1)).toEqual([user(2)]);
        expect(await store.count(segment(1))).toBe(1);
        await wait(30);
        expect(await held(store, user(1))).toEqual([2]);
        expect(await store.count(segment(1))).toBe(1);
      });

      it('does not let dropped members take room in a full profile', async () => {
        const store = await openStore({ maxMembershipsPerProfile: 2 });
        await add(store, user(1), [1, 2]);
        await store.dropSegment(segment(1));
        expect(await add(store, user(1), [3, 4])).toEqual(['applied', 'full']);
      });
    });

    describe('stats and close', () => {
      it('counts users, identifiers, memberships and segments', async () => {
        const store = await openStore();
        await add(store, user(1), [1, 2]);
        await add(store, user(2), [1]);
        await store.link(device(1), user(1), forEver);
        await store.forget(user(3), { optOut: true });
        expect(store.stats()).toMatchObject({ users: 2, identifiers: 3, memberships: 3, segments: 2 });
      });

      it('writes a snapshot at any time', async () => {
        const store = await openStore();
        await store.snapshot();
        await add(store, user(1), [1]);
        const calls = [store.snapshot(), add(store, user(2), [1]), store.snapshot()];
        await Promise.all(calls);
        expect(await store.count(segment(1))).toBe(2);
      });

      it('finishes writes in flight on close, and refuses later ones', async () => {
        const store = await openStore();
        const flight = add(store, user(1), [1]);
        await store.close();
        await store.close();
        expect(await flight).toEqual(['applied']);
        await expect(add(store, user(1), [2])).rejects.toThrow(ProfileStoreUnavailable);
        await expect(store.forget(user(1), { optOut: true })).rejects.toThrow(ProfileStoreUnavailable);
      });
    });
  });
}

const nameOf = (identifier: Identifier): string => `${identifier.kind} ${String(identifier.id)}`;

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await check();
    } catch (error) {
      if (tries === 100) throw error;
      await wait(10);
    }
  }
}
