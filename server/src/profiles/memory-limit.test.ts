import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EmbeddedProfileStore } from './embedded/embedded-profile-store.ts';
import { ModelProfileStore } from './model/model-profile-store.ts';
import { OperationBatch } from './operation-batch.ts';
import { external, FakeClock, instant, outcomesOf, segment, user } from './profile-fixtures.ts';
import type { ProfileStore } from './profile-store.ts';

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((each) => rm(each, { recursive: true }))));

/** A store that knows user 1, in segment 1, and makes no more users. */
const fullStores: readonly [string, (clock: FakeClock) => Promise<ProfileStore>][] = [
  [
    'the model',
    async (clock) => {
      const store = new ModelProfileStore({ clock, maxUsers: 1 });
      await addFirst(store, clock);
      return store;
    },
  ],
  [
    'the embedded engine',
    async (clock) => {
      const directory = await mkdtemp(join(tmpdir(), 'foyer-full-'));
      directories.push(directory);
      const roomy = await EmbeddedProfileStore.open({ directory, clock, ownThread: false });
      await addFirst(roomy, clock);
      await roomy.close();
      return EmbeddedProfileStore.open({ directory, clock, memoryLimitBytes: 1, ownThread: false });
    },
  ],
];

async function addFirst(store: ProfileStore, clock: FakeClock): Promise<void> {
  const batch = new OperationBatch().forUser(user(1));
  batch.add(segment(1), 1, clock.s, null);
  await store.apply(batch, instant);
}

describe.each(fullStores)('%s at its memory limit', (_name, open) => {
  const mixed = (clock: FakeClock): OperationBatch => {
    const batch = new OperationBatch().forUser(user(1));
    batch.add(segment(2), 5, clock.s, null);
    batch.forUser(user(2)).add(segment(1), 5, clock.s, null);
    return batch;
  };

  it('takes changes and removals of users that it knows, and refuses new users as full', async () => {
    const clock = new FakeClock();
    const store = await open(clock);
    expect(await outcomesOf(store, mixed(clock))).toEqual(['applied', 'full']);
    expect((await store.get(user(1))).memberships.map((each) => each.segment)).toEqual([1, 2]);
    expect((await store.get(user(2))).known).toBe(false);
    const removal = new OperationBatch().forUser(user(1));
    removal.remove(segment(1));
    expect(await outcomesOf(store, removal)).toEqual(['applied']);
    await store.close();
  });

  it('sees nobody whom it does not know', async () => {
    const store = await open(new FakeClock());
    expect([await store.see(user(1)), await store.see(user(2))]).toEqual(['known', 'full']);
    expect((await store.get(user(2))).known).toBe(false);
    await store.close();
  });

  it('applies nothing of a batch that would need a new user where wholeOrFull is asked', async () => {
    const clock = new FakeClock();
    const store = await open(clock);
    const result = await store.apply(mixed(clock), { ...instant, wholeOrFull: true });
    expect(result.refusedWhole).toBe(true);
    expect([...result.outcomes]).toEqual([4, 4]);
    expect((await store.get(user(1))).memberships.map((each) => each.segment)).toEqual([1]);
    await store.close();
  });

  it('applies a wholeOrFull batch that makes nobody: known users, removals for strangers, ids that may not be made', async () => {
    const clock = new FakeClock();
    const store = await open(clock);
    const batch = new OperationBatch().forUser(user(1));
    batch.add(segment(2), 5, clock.s, null);
    batch.forUser(user(2)).remove(segment(1));
    batch.forUser(external('crm-1')).add(segment(1), 5, clock.s, null);
    const result = await store.apply(batch, { ...instant, wholeOrFull: true });
    expect(result.refusedWhole).toBe(false);
    expect([...result.outcomes]).toEqual([0, 0, 2]);
    await store.close();
  });
});
