import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { asMemberId } from '../kit/ids.ts';
import type { Identifier } from './identifier.ts';
import { OperationBatch } from './operation-batch.ts';
import { device, external, FakeClock, instant, outcomeNames, outcomesOf, segment, undoOf, user } from './profile-fixtures.ts';
import type { ContractOptions } from './profile-store.contract.ts';
import type { ApplyOptions, Membership, Outcome, ProfileStore, RestoreOptions } from './profile-store.ts';
import { RestoreBatch } from './restore-batch.ts';

const source = { kind: 'batch', job: 77 } as const;
const asJob = { source, before: true } as const;

/** What every engine of the port does when it takes back what a job changed. */
export function describeRestore(name: string, open: (options: ContractOptions) => Promise<ProfileStore>): void {
  describe(`${name}: restore`, () => {
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

    const held = async (store: ProfileStore, by: Identifier): Promise<readonly Membership[]> => (await store.get(by)).memberships;
    /** The job's work, and what takes it back. */
    const applied = async (store: ProfileStore, batch: OperationBatch, options: ApplyOptions = asJob): Promise<RestoreBatch> => {
      const { before } = await store.apply(batch, options);
      if (before === null) throw new Error('nothing is known from before');
      return undoOf(batch, before);
    };
    const restored = async (store: ProfileStore, undo: RestoreBatch, options: RestoreOptions = { source }): Promise<Outcome[]> =>
      outcomeNames((await store.restore(undo, options)).outcomes);
    /** User 1 in segments 1, for ever, and 2, for ten minutes. */
    const prepared = async (options: Partial<ContractOptions> = {}): Promise<ProfileStore> => {
      const store = await openStore(options);
      const batch = new OperationBatch().forUser(user(1));
      batch.add(segment(1), 11, clock.s - 5, null);
      batch.add(segment(2), 22, clock.s - 5, 10);
      await outcomesOf(store, batch);
      return store;
    };
    const one = (who: Identifier, ...segments: number[]): OperationBatch => {
      const batch = new OperationBatch().forUser(who);
      for (const id of segments) batch.add(segment(id), 99, clock.s, 60);
      return batch;
    };

    it('gives back value, times and source of what was replaced or removed, and ends what was not there', async () => {
      const store = await prepared();
      const profile = await store.get(user(1));
      const batch = one(user(1), 1, 3).forUser(user(1));
      batch.remove(segment(2));
      batch.forUser(user(2)).add(segment(1), 1, clock.s, null);
      const undo = await applied(store, batch);
      expect((await held(store, user(1))).map((each) => each.segment)).toEqual([1, 3]);
      const result = await store.restore(undo, { source });
      expect(outcomeNames(result.outcomes)).toEqual(['applied', 'applied', 'applied', 'applied']);
      expect(result).toMatchObject({ repeated: false, changes: { added: 1, refreshed: 1, removed: 2, missing: 0 } });
      expect(await store.get(user(1))).toEqual(profile);
      // Users that the job made stay known.
      expect(await store.get(user(2))).toMatchObject({ known: true, memberships: [] });
      expect([await store.count(segment(1)), await store.count(segment(3))]).toEqual([1, 0]);
    });

    it('leaves what is newer: another source, a membership that came after a removal, a removal after an addition', async () => {
      const store = await prepared();
      const batch = one(user(1), 1, 3);
      batch.remove(segment(2));
      const undo = await applied(store, batch);
      const later = new OperationBatch().forUser(user(1));
      later.add(segment(1), 5, clock.s, null);
      later.add(segment(2), 6, clock.s + 30, null);
      later.remove(segment(3));
      await outcomesOf(store, later);
      const result = await store.restore(undo, { source });
      expect(outcomeNames(result.outcomes)).toEqual(['newer', 'newer', 'newer']);
      expect(result.changes).toEqual({ added: 0, refreshed: 0, removed: 0, missing: 0 });
      clock.pass(30);
      expect((await held(store, user(1))).map((each) => [each.segment, each.value, each.source.kind])).toEqual([
        [1, 5, 'instant'],
        [2, 6, 'instant'],
      ]);
    });

    it('takes a membership of another job for newer, also of the same number from elsewhere', async () => {
      const store = await prepared();
      const undo = await applied(store, one(user(1), 1));
      for (const other of [
        { kind: 'batch', job: 78 },
        { kind: 'share', job: 77 },
      ] as const) {
        await store.apply(one(user(1), 1), { source: other });
        expect(await restored(store, undo)).toEqual(['newer']);
      }
      expect(await restored(store, undo, { source: { kind: 'share', job: 77 } })).toEqual(['applied']);
      expect(await held(store, user(1))).toMatchObject([{ segment: 1, value: 11 }, { segment: 2 }]);
    });

    it('takes back a job that touched a membership several times, through to what was there at first', async () => {
      const store = await prepared();
      const profile = await store.get(user(1));
      const batch = one(user(1), 1, 1, 2);
      batch.remove(segment(1));
      batch.add(segment(1), 3, clock.s, 1);
      batch.remove(segment(2));
      const undo = await applied(store, batch);
      expect(new Set(await restored(store, undo))).toEqual(new Set(['applied']));
      expect(await store.get(user(1))).toEqual(profile);
    });

    it('brings nothing back that has ended meanwhile, and what a membership of the job hid that has ended', async () => {
      const store = await prepared();
      const batch = new OperationBatch().forUser(user(1));
      batch.add(segment(1), 1, clock.s, 1);
      batch.remove(segment(2));
      batch.forUser(user(2)).add(segment(2), 1, clock.s, 1);
      const undo = await applied(store, batch);
      const early = new OperationBatch().forUser(user(3));
      early.add(segment(1), 1, clock.s, 1);
      early.remove(segment(1));
      await outcomesOf(store, early);
      clock.pass(59);
      expect(await held(store, user(1))).toMatchObject([{ segment: 1, value: 1 }]);
      clock.pass(541);
      const result = await store.restore(undo, { source });
      expect(outcomeNames(result.outcomes)).toEqual(['applied', 'applied', 'applied']);
      expect(result.changes).toEqual({ added: 1, refreshed: 0, removed: 0, missing: 2 });
      expect(await held(store, user(1))).toMatchObject([{ segment: 1, value: 11, lifetimeMinutes: null, source: instant.source }]);
    });

    it('makes no user, and answers for those that are opted out, unmapped or unknown now', async () => {
      const store = await prepared();
      await store.link(external('x'), user(3), { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) });
      const batch = one(user(1), 1).forUser(external('x'));
      batch.add(segment(1), 1, clock.s, null);
      batch.forUser(device(4)).add(segment(1), 1, clock.s, null);
      const undo = await applied(store, batch);
      await store.forget(user(1), { optOut: true });
      await store.forget(device(4), { optOut: false });
      clock.pass(60);
      expect(await restored(store, undo)).toEqual(['unknown-user', 'unmapped', 'opted-out']);
      expect([(await store.get(device(4))).known, await held(store, user(3))]).toMatchObject([false, [{ segment: 1 }]]);
    });

    it('follows a user that was merged into another', async () => {
      const store = await prepared();
      const undo = await applied(store, one(device(1), 5));
      await store.link(device(1), user(1), { expiresAtS: null, linkedBy: asMemberId(9) });
      expect(await restored(store, undo)).toEqual(['applied']);
      expect((await held(store, user(1))).map((each) => each.segment)).toEqual([1, 2]);
    });

    it('puts nobody into a segment that was dropped', async () => {
      const store = await prepared();
      const batch = one(user(1), 1);
      batch.remove(segment(2));
      const undo = await applied(store, batch);
      await store.dropSegment(segment(1));
      await store.dropSegment(segment(2));
      expect(await restored(store, undo)).toEqual(['newer', 'newer']);
      expect(await held(store, user(1))).toEqual([]);
    });

    it('refuses as full what has no room any more', async () => {
      const store = await prepared({ maxMembershipsPerProfile: 2 });
      const batch = new OperationBatch().forUser(user(1));
      batch.remove(segment(1));
      const undo = await applied(store, batch);
      await outcomesOf(store, one(user(1), 7));
      expect(await restored(store, undo)).toEqual(['full']);
      clock.pass(595);
      expect(await restored(store, undo)).toEqual(['applied']);
      expect((await held(store, user(1))).map((each) => each.segment)).toEqual([1, 7]);
    });

    it('counts once by its chunk', async () => {
      const store = await prepared();
      const batch = one(user(1), 1).forUser(user(9));
      batch.remove(segment(1));
      const undo = await applied(store, batch);
      const chunk = { job: 78, sequence: 0 };
      const first = await store.restore(undo, { source, chunk });
      await applied(store, batch);
      expect(await store.restore(undo, { source, chunk })).toEqual({ ...first, repeated: true });
      expect(await store.restore(new RestoreBatch(), { source, chunk })).toEqual({ ...first, repeated: true });
      expect(await held(store, user(1))).toMatchObject([{ segment: 1, value: 99 }, { segment: 2 }]);
      await store.forgetChunks(78);
      expect((await store.restore(undo, { source, chunk })).repeated).toBe(false);
      expect(await held(store, user(1))).toMatchObject([{ segment: 1, value: 11 }, { segment: 2 }]);
    });

    it('counts no additions of the day, and moves a segment by who comes and goes', async () => {
      const store = await prepared();
      const batch = one(user(1), 1, 3);
      batch.remove(segment(2));
      const undo = await applied(store, batch);
      clock.pass(86_400);
      await outcomesOf(store, one(user(1), 4));
      await store.restore(undo, { source });
      const days = (await store.movements([1, 3, 4].map(segment), 1)).map(([day]) => day);
      expect(days.map((day) => day && [day.added, day.removed, day.uniques])).toEqual([
        [1, 0, 0],
        [0, 0, 0],
        [1, 0, 1],
      ]);
    });

    it('takes a batch that is larger than what goes to the engine at once, and an empty one', async () => {
      const store = await prepared();
      const batch = new OperationBatch();
      for (let id = 1; id <= 24_000; id++) batch.forUser(user(id)).add(segment(id % 2 === 0 ? 1 : 3), 5, clock.s, 10);
      const undo = await applied(store, batch);
      const { changes } = await store.restore(undo, { source });
      expect(changes).toEqual({ added: 0, refreshed: 0, removed: 24_000, missing: 0 });
      expect([await store.count(segment(1)), await store.count(segment(3))]).toEqual([1, 0]);
      expect(await restored(store, new RestoreBatch())).toEqual([]);
    });

    it('of all that a job did leaves those as they were whom nothing else touched, and what came later as it is', async () => {
      const people = [1, 2, 3, 4].map((id) => user(id));
      const touched = people.slice(2);
      const steps = (who: readonly Identifier[]) =>
        fc.array(
          fc.record({
            who: fc.constantFrom(...who),
            where: fc.integer({ min: 1, max: 4 }),
            value: fc.nat(9),
            delayS: fc.constantFrom(0, 0, -60, 100),
            lifetime: fc.constantFrom(null, 1, 2, 5),
            remove: fc.nat(3).map((n) => n === 0),
          }),
          { maxLength: 20 },
        );
      const batchOf = (all: typeof steps extends (...args: never[]) => fc.Arbitrary<infer T> ? T : never): OperationBatch => {
        const batch = new OperationBatch();
        for (const { who, where, value, delayS, lifetime, remove } of all) {
          batch.forUser(who);
          if (remove) batch.remove(segment(where));
          else batch.add(segment(where), value, clock.s + delayS, lifetime);
        }
        return batch;
      };
      const property = fc.asyncProperty(
        steps(people),
        fc.array(steps(people), { maxLength: 4 }),
        fc.array(steps(touched), { maxLength: 4 }),
        fc.nat(75),
        async (first, job, others, passS) => {
          const store = await openStore();
          const twin = await open({ clock });
          opened.push(twin);
          for (const each of [store, twin]) await outcomesOf(each, batchOf(first));
          const undo: RestoreBatch[] = [];
          const written = new Map<Identifier, Set<number>>();
          for (const [i, each] of job.entries()) {
            undo.unshift(await applied(store, batchOf(each)));
            await outcomesOf(store, batchOf(others[i] ?? []));
            for (const { who, where } of others[i] ?? []) written.set(who, (written.get(who) ?? new Set<number>()).add(where));
            clock.pass(passS);
          }
          const inBetween = await store.getMany(people);
          for (const each of undo) await store.restore(each, { source });
          const after = await store.getMany(people);
          const expected = await twin.getMany(people);
          for (const [i, who] of people.entries()) {
            const isAlone = ({ segment: id }: Membership): boolean => written.get(who)?.has(id) !== true;
            const alone = (memberships: readonly Membership[] = []): Membership[] => memberships.filter(isAlone);
            expect(alone(after[i]?.memberships)).toEqual(alone(expected[i]?.memberships));
            const newer = (inBetween[i]?.memberships ?? []).filter((each) => !isAlone(each) && each.source.kind === 'instant');
            expect(after[i]?.memberships).toEqual(expect.arrayContaining(newer));
          }
        },
      );
      await fc.assert(property, { numRuns: 25 });
    });
  });
}
