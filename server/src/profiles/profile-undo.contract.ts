import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { asMemberId } from '../kit/ids.ts';
import { neverEnds, OperationBatch } from './operation-batch.ts';
import type { BatchColumns } from './packed-batch.ts';
import { device, external, FakeClock, instant, outcomeNames, outcomesOf, segment, user } from './profile-fixtures.ts';
import type { ContractOptions } from './profile-store.contract.ts';
import type { ApplyOptions, ProfileStore } from './profile-store.ts';
import { sourceToWord } from './source-word.ts';

const source = { kind: 'batch', job: 77 } as const;
const sourceWord = sourceToWord(source);
const instantWord = sourceToWord(instant.source);
const asJob: ApplyOptions = { source };
const withBefore: ApplyOptions = { source, before: true };

/** What every engine of the port does for jobs that are counted, tried first, or taken back later: changes, before-images, dry runs, columns. */
export function describeUndo(name: string, open: (options: ContractOptions) => Promise<ProfileStore>): void {
  describe(`${name}: what a batch changes`, () => {
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

    /** Of user 1: 1 live, 2 waiting, 3 ended meanwhile. */
    const prepared = async (options: Partial<ContractOptions> = {}): Promise<ProfileStore> => {
      const store = await openStore(options);
      const batch = new OperationBatch().forUser(user(1));
      batch.add(segment(1), 11, clock.s, null);
      batch.add(segment(2), 22, clock.s + 500, 10);
      batch.add(segment(3), 33, clock.s, 1);
      await outcomesOf(store, batch);
      clock.pass(60);
      return store;
    };

    it('is counted: memberships made, replaced and ended, and removals of what was not there', async () => {
      const store = await prepared();
      const batch = new OperationBatch().forUser(user(1));
      for (const id of [1, 2, 3, 4]) batch.add(segment(id), 0, clock.s, 10);
      batch.forUser(user(2)).add(segment(1), 0, clock.s, 10);
      expect((await store.apply(batch, asJob)).changes).toEqual({ added: 3, refreshed: 2, removed: 0, missing: 0 });
      batch.clear();
      batch.forUser(user(1)).remove(segment(1));
      batch.remove(segment(1));
      batch.remove(segment(99));
      batch.forUser(user(9)).remove(segment(1));
      expect((await store.apply(batch, asJob)).changes).toEqual({ added: 0, refreshed: 0, removed: 1, missing: 3 });
    });

    it('leaves out of the counts what was refused or withdrawn', async () => {
      const store = await prepared({ maxMembershipsPerProfile: 2 });
      await store.forget(user(5), { optOut: true });
      const batch = new OperationBatch().forUser(user(1));
      batch.withdraw(batch.add(segment(1), 0, clock.s, 10));
      batch.add(segment(7), 0, clock.s, 10);
      batch.forUser(user(5)).add(segment(1), 0, clock.s, 10);
      batch.remove(segment(1));
      batch.forUser(external('x')).remove(segment(1));
      batch.forUser(user(8)).add(segment(1), 0, clock.s, 10);
      const { outcomes, changes } = await store.apply(batch, { ...asJob, knownUsersOnly: true });
      expect(outcomeNames(outcomes)).toEqual(['over-limit', 'full', 'opted-out', 'opted-out', 'unmapped', 'unknown-user']);
      expect(changes).toEqual({ added: 0, refreshed: 0, removed: 0, missing: 0 });
    });

    it('sees in a batch what the operations before did, those too that had ended when they were written', async () => {
      const store = await prepared();
      const batch = new OperationBatch().forUser(user(1));
      batch.add(segment(1), 1, clock.s - 60, 1);
      batch.remove(segment(1));
      batch.add(segment(1), 2, clock.s - 60, 1);
      batch.add(segment(1), 3, clock.s, null);
      batch.remove(segment(1));
      const { changes, before } = await store.apply(batch, withBefore);
      expect(changes).toEqual({ added: 2, refreshed: 1, removed: 1, missing: 1 });
      expect(imagesOf(before)).toEqual([
        [2, 11, clock.s - 60, neverEnds, instantWord],
        unchanged,
        none,
        none,
        [2, 3, clock.s, neverEnds, sourceWord],
      ]);
    });

    it('is told as it was before each operation, live or waiting, and only if asked', async () => {
      const store = await prepared();
      const batch = new OperationBatch().forUser(user(1));
      for (const id of [1, 2, 3, 4]) batch.add(segment(id), 5, clock.s, 10);
      batch.remove(segment(1));
      batch.remove(segment(9));
      batch.forUser(external('x')).add(segment(1), 5, clock.s, 10);
      batch.forUser(user(2)).add(segment(1), 5, clock.s, 10);
      batch.withdraw(batch.add(segment(2), 5, clock.s, 10));
      const { before } = await store.apply(batch, withBefore);
      expect(imagesOf(before)).toEqual([
        [2, 11, clock.s - 60, neverEnds, instantWord],
        [2, 22, clock.s + 440, 10, instantWord],
        none,
        none,
        [2, 5, clock.s, 10, sourceWord],
        unchanged,
        unchanged,
        none,
        unchanged,
      ]);
      expect((await store.apply(batch, asJob)).before).toBeNull();
    });

    it('is told of a profile that grows, and of more operations than go to the engine at once', async () => {
      const store = await prepared();
      const batch = new OperationBatch().forUser(user(1));
      for (let id = 1; id <= 1000; id++) batch.add(segment(id), 5, clock.s, 10);
      for (let id = 2; id <= 13_000; id++) batch.forUser(user(id)).add(segment(1), 5, clock.s, 10);
      const { changes, before } = await store.apply(batch, withBefore);
      const images = imagesOf(before);
      expect(images).toHaveLength(batch.operationCount);
      expect(changes).toEqual({ added: batch.operationCount - 2, refreshed: 2, removed: 0, missing: 0 });
      expect(images.filter(([kind]) => kind === 2).map(([, value]) => value)).toEqual([11, 22]);
      expect(images.slice(2).every((image) => image.join() === none.join())).toBe(true);
    });

    describe('of a chunk', () => {
      const batchFor = (id: number): OperationBatch => {
        const batch = new OperationBatch().forUser(user(1));
        batch.add(segment(1), id, clock.s, null);
        batch.remove(segment(50 + id));
        batch.withdraw(batch.add(segment(60), 1, clock.s, null));
        return batch;
      };
      const chunk = (sequence: number, more: Partial<ApplyOptions> = {}): ApplyOptions => ({
        ...withBefore,
        chunk: { job: 77, sequence },
        ...more,
      });

      it('is answered again as it was, whatever the repeated batch holds', async () => {
        const store = await prepared();
        const first = await store.apply(batchFor(1), chunk(0));
        expect(outcomeNames(first.outcomes)).toEqual(['applied', 'applied', 'over-limit']);
        expect(first.changes).toEqual({ added: 0, refreshed: 1, removed: 0, missing: 1 });
        await store.apply(batchFor(2), asJob);
        expect(await store.apply(batchFor(3), chunk(0))).toEqual({ ...first, repeated: true });
        const shorter = new OperationBatch().forUser(user(3));
        expect(await store.apply(shorter, chunk(0))).toEqual({ ...first, repeated: true });
        expect(await store.apply(batchFor(3), { ...asJob, chunk: { job: 77, sequence: 0 } })).toEqual({
          ...first,
          repeated: true,
          before: null,
        });
        expect((await store.get(user(3))).known).toBe(false);
      });

      it('forgets what was before once the caller has it, chunk by chunk, and keeps outcomes and counts', async () => {
        const store = await prepared();
        const answers = [await store.apply(batchFor(0), chunk(0))];
        for (const sequence of [1, 2]) answers.push(await store.apply(batchFor(sequence), chunk(sequence)));
        answers.push(await store.apply(batchFor(3), chunk(3, { beforeKeptUpTo: 1 })));
        const kept = async (): Promise<unknown[]> => {
          const repeated = [];
          for (const sequence of [0, 1, 2, 3]) repeated.push(await store.apply(batchFor(9), chunk(sequence, { beforeKeptUpTo: 3 })));
          return repeated;
        };
        const expected = answers.map((each, i) => ({ ...each, repeated: true, before: i <= 1 ? null : each.before }));
        expect(await kept()).toEqual(expected);
        await store.apply(batchFor(4), { ...asJob, chunk: { job: 78, sequence: 0 }, beforeKeptUpTo: 3 });
        expect(await kept()).toEqual(expected);
        await store.apply(new OperationBatch(), { ...asJob, chunk: { job: 77, sequence: 4 }, beforeKeptUpTo: 3 });
        expect(await kept()).toEqual(expected.map((each) => ({ ...each, before: null })));
        await store.forgetChunks(77);
        expect((await store.apply(batchFor(5), chunk(2))).repeated).toBe(false);
      });

      it('has nothing from before where it was not asked for the first time', async () => {
        const store = await prepared();
        await store.apply(batchFor(1), { ...asJob, chunk: { job: 77, sequence: 0 } });
        expect(await store.apply(batchFor(1), chunk(0))).toMatchObject({ repeated: true, before: null });
      });
    });

    describe('in a dry run', () => {
      it('is answered exactly, and nothing is changed', async () => {
        const people = [user(1), user(2), user(3), device(1), device(2), external('x'), external('y')];
        const change = fc.record({
          who: fc.constantFrom(...people),
          where: fc.integer({ min: 1, max: 6 }),
          value: fc.nat(3),
          delayS: fc.constantFrom(0, 0, -120, 90),
          lifetime: fc.constantFrom(null, 1, 3),
          does: fc.constantFrom('add', 'add', 'add', 'remove', 'withdraw'),
        });
        const batches = fc.array(fc.record({ changes: fc.array(change, { maxLength: 12 }), known: fc.boolean(), passS: fc.nat(90) }), {
          maxLength: 6,
        });
        const property = fc.asyncProperty(batches, fc.boolean(), async (all, holdExternals) => {
          const store = await openStore({ maxMembershipsPerProfile: 4, holdExternals });
          await store.link(device(1), user(1), { expiresAtS: null, linkedBy: asMemberId(9) });
          await store.link(external('x'), user(2), { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) });
          await store.forget(user(3), { optOut: true });
          for (const { changes, known, passS } of all) {
            const batch = new OperationBatch();
            for (const { who, where, value, delayS, lifetime, does } of changes) {
              batch.forUser(who);
              if (does === 'remove') batch.remove(segment(where));
              else {
                const operation = batch.add(segment(where), value, clock.s + delayS, lifetime);
                if (does === 'withdraw') batch.withdraw(operation);
              }
            }
            const options = { ...withBefore, knownUsersOnly: known };
            const profiles = await store.getMany(people);
            const imagined = await store.apply(batch, { ...options, dryRun: true });
            expect(await store.getMany(people)).toEqual(profiles);
            expect(await store.apply(batch, options)).toEqual(imagined);
            clock.pass(passS);
          }
        });
        await fc.assert(property, { numRuns: 25 });
      });

      it('counts nobody, makes nobody, and moves no segment', async () => {
        const store = await prepared();
        const batch = new OperationBatch().forUser(user(1)).forUser(user(6));
        batch.add(segment(70), 1, clock.s, null);
        const before = await store.movements([segment(1), segment(70)], 1);
        expect((await store.apply(batch, { ...asJob, dryRun: true })).changes.added).toBe(1);
        expect([await store.count(segment(70)), (await store.get(user(6))).known]).toEqual([0, false]);
        expect(await store.movements([segment(1), segment(70)], 1)).toEqual(before);
        expect(store.stats().segments).toBe(3);
      });

      it('has neither a chunk nor a stage', async () => {
        const store = await prepared();
        const batch = new OperationBatch();
        await expect(store.apply(batch, { ...asJob, dryRun: true, chunk: { job: 1, sequence: 0 } })).rejects.toThrow(TypeError);
        const stage = await store.stageReplace(segment(1));
        await expect(store.apply(batch, { ...asJob, dryRun: true, stage })).rejects.toThrow(TypeError);
      });
    });
  });

  describe(`${name}: a batch of columns`, () => {
    const opened: ProfileStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    it.each([3, 21_000])('is applied as it lies in shared memory, and can be withdrawn from (%d users)', async (users) => {
      const clock = new FakeClock();
      const store = await open({ clock });
      opened.push(store);
      const batch = new OperationBatch();
      for (let id = 1; id <= users; id++) {
        batch.forUser(id === 2 ? external('É') : user(id));
        batch.add(segment(1), id, clock.s, null);
        batch.add(segment(2), id, clock.s, 60);
      }
      await store.link(external('É'), user(2), { expiresAtS: null, linkedBy: asMemberId(9) });
      const columns = OperationBatch.ofColumns(sharedColumns(batch));
      expect([columns.userCount, columns.operationCount]).toEqual([users, users * 2]);
      columns.withdraw(0);
      const { outcomes, changes } = await store.apply(columns, asJob);
      expect(outcomeNames(outcomes.subarray(0, 3))).toEqual(['over-limit', 'applied', 'applied']);
      expect(changes.added).toBe(users * 2 - 1);
      expect((await store.get(user(2))).memberships).toMatchObject([
        { segment: 1, value: 2 },
        { segment: 2, value: 2 },
      ]);
      expect(await store.count(segment(2))).toBe(users);
    });
  });
}

const none = [1, 0, 0, 0, 0];
const unchanged = [0, 0, 0, 0, 0];

function imagesOf(before: Uint32Array | null): number[][] {
  if (before === null) return [];
  return Array.from({ length: before.length / 5 }, (_, i) => [...before.subarray(i * 5, i * 5 + 5)]);
}

function sharedColumns({ operations, keys, userKeyEnds, userOperationEnds }: BatchColumns): BatchColumns {
  const shared = (words: Uint32Array): Uint32Array => {
    const copy = new Uint32Array(new SharedArrayBuffer(words.byteLength));
    copy.set(words);
    return copy;
  };
  const sharedKeys = new Uint8Array(new SharedArrayBuffer(keys.length));
  sharedKeys.set(keys);
  return {
    operations: shared(operations),
    keys: sharedKeys,
    userKeyEnds: shared(userKeyEnds),
    userOperationEnds: shared(userOperationEnds),
  };
}
