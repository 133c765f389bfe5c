import { appendFile, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asMemberId } from '../../kit/ids.ts';
import { OperationBatch } from '../operation-batch.ts';
import { device, external, FakeClock, outcomesOf, segment, user } from '../profile-fixtures.ts';
import { ProfileStageEnded, ProfileStoreDamaged, type ApplyOptions } from '../profile-store.ts';
import { scannedUsers } from '../scan-page.ts';
import { EmbeddedProfileStore, type EmbeddedProfileStoreOptions } from './embedded-profile-store.ts';

const root = await mkdtemp(join(tmpdir(), 'foyer-recovery-'));
afterAll(() => rm(root, { recursive: true }));
const instant: ApplyOptions = { source: { kind: 'instant', job: 0 } };
const forEver = { expiresAtS: null, linkedBy: asMemberId(9) };

let clock = new FakeClock();
let directory = '';
let store: EmbeddedProfileStore;
const open = async (options: Partial<EmbeddedProfileStoreOptions> = {}): Promise<EmbeddedProfileStore> => {
  store = await EmbeddedProfileStore.open({ directory, clock, ownThread: false, ...options });
  return store;
};
const reopen = async (): Promise<EmbeddedProfileStore> => {
  await store.close();
  return open();
};
const add = (id: number, ...segments: number[]): Promise<unknown> => {
  const batch = new OperationBatch().forUser(user(id));
  for (const each of segments) batch.add(segment(each), each, clock.s, 1440);
  return outcomesOf(store, batch);
};
const held = (id: number): number[] => store.get(user(id)).memberships.map((each) => each.segment);
const files = async (): Promise<string[]> => (await readdir(directory)).sort();
/** A copy of the files as a crash at this moment would leave them. */
const crashed = async (): Promise<string> => {
  const copy = await mkdtemp(join(root, 'copy-'));
  await cp(directory, copy, { recursive: true });
  return copy;
};

beforeEach(async () => {
  clock = new FakeClock();
  directory = await mkdtemp(join(root, 'store-'));
});
afterEach(() => store.close());

describe('opening again', () => {
  it.each(['log', 'snapshot', 'snapshot and log'])('finds everything again, from %s', async (from) => {
    await open();
    await add(1, 1, 2);
    await store.link(device(1), user(1), forEver);
    await store.link(external('x'), user(1), { expiresAtS: clock.s + 1000, linkedBy: asMemberId(7) });
    await store.forget(user(5), { optOut: true });
    await store.see(user(7));
    await add(6, 4);
    await store.dropSegment(segment(4));
    if (from === 'snapshot and log') await store.snapshot();
    await add(2, 1);
    await store.merge(user(1), user(2));
    const staged = await store.stageReplace(segment(1));
    const batch = new OperationBatch().forUser(user(8));
    batch.add(segment(1), 8, clock.s, null);
    await store.apply(batch, { ...instant, stage: staged, chunk: { job: 3, sequence: 0 } });
    if (from === 'snapshot') await store.snapshot();
    const before = [1, 2, 5, 6, 7].map((id) => [store.get(user(id)), store.links(user(id))]);
    await reopen();
    expect([1, 2, 5, 6, 7].map((id) => [store.get(user(id)), store.links(user(id))])).toEqual(before);
    expect(store.get(user(7)).known).toBe(true);
    expect(store.count(segment(1))).toBe(1);
    expect((await store.apply(batch, { ...instant, stage: staged, chunk: { job: 3, sequence: 0 } })).repeated).toBe(true);
    await store.commit(staged);
    expect(store.count(segment(1))).toBe(1);
    expect(held(8)).toEqual([1]);
    await reopen();
    await store.commit(staged);
    await expect(
      store.commit(await store.stageReplace(segment(1)).then(async (stage) => store.abort(stage).then(() => stage))),
    ).rejects.toThrow(ProfileStageEnded);
    expect(Array.from(scannedUsers(await store.scan(segment(1), null, 9)), (each) => each.identifier)).toEqual([user(8)]);
  });

  it('counts exactly what is live at the time of opening', async () => {
    await open();
    await add(1, 1);
    const batch = new OperationBatch().forUser(user(2));
    batch.add(segment(1), 0, clock.s + 2000, null);
    await outcomesOf(store, batch);
    await store.snapshot();
    await store.close();
    clock.pass(1999);
    await open();
    expect(store.count(segment(1))).toBe(1);
    clock.pass(1);
    await reopen();
    expect(store.count(segment(1))).toBe(2);
    clock.pass(1440 * 60);
    await reopen();
    expect(store.count(segment(1))).toBe(1);
  });

  it('takes what was once accepted although a limit has shrunk', async () => {
    await open();
    await add(1, 1, 2, 3, 4);
    await store.link(device(1), user(1), forEver);
    await store.close();
    await open({ maxMembershipsPerProfile: 2, maxLinksPerUser: 0 });
    expect(held(1)).toEqual([1, 2, 3, 4]);
    expect(store.get(device(1)).userId).toBe(1n);
  });

  it('does not let a refused segment be forgotten: its number is logged although nothing was applied', async () => {
    await open({ maxMembershipsPerProfile: 1 });
    await add(1, 1);
    expect(await add(1, 2)).toEqual(['full']);
    await add(2, 2);
    await reopen();
    expect(held(2)).toEqual([2]);
    expect(store.count(segment(2))).toBe(1);
  });

  it('tells how much is recovered, from little to all', async () => {
    await open();
    for (let i = 1; i <= 50; i++) await add(i, 1, 2, 3);
    await store.snapshot();
    for (let i = 1; i <= 50; i++) await add(i, 4, 5);
    await store.close();
    const fractions: number[] = [];
    await open({ onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions.length).toBeGreaterThan(10);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(fractions[0]).toBeLessThan(0.9);
  });

  it('makes its directory, and says nothing of an empty one', async () => {
    directory = join(directory, 'a', 'b');
    await open();
    expect(store.stats()).toMatchObject({ users: 0, memberships: 0 });
    expect(await files()).toEqual(['log-1.wal', 'manifest']);
  });
});

describe('snapshots', () => {
  it('of format 1, without movements, are read; movements begin then', async () => {
    await open();
    await store.close();
    for (const [name, contents] of Object.entries(storeOfFormat1)) await writeFile(join(directory, name), Buffer.from(contents, 'base64'));
    await rm(join(directory, 'log-1.wal'));
    clock.pass(90);
    await open();
    expect([held(1), held(2), store.links(user(1)).length, store.get(user(3)).optedOut]).toEqual([[1, 2], [1, 2], 1, true]);
    const batch = new OperationBatch().forUser(user(2));
    batch.remove(segment(1));
    await outcomesOf(store, batch);
    const moved = async (): Promise<unknown> => (await store.movements([segment(1), segment(2)], 1)).flat();
    const told = [
      { added: 0, removed: 1, expired: 0 },
      { added: 2, removed: 0, expired: 0 },
    ];
    expect(await moved()).toMatchObject(told);
    await store.snapshot();
    await reopen();
    expect(await moved()).toMatchObject(told);
  });

  it('cut the log: older logs and snapshots are gone', async () => {
    await open();
    for (let round = 0; round < 3; round++) {
      await add(1, round + 1);
      await store.snapshot();
    }
    expect(await files()).toEqual(['log-4.wal', 'manifest', 'snapshot-3.snap']);
    expect(store.stats().logBytes).toBeLessThan(100);
    await reopen();
    expect(held(1)).toEqual([1, 2, 3]);
  });

  it('begin by themselves when the log is long enough', async () => {
    await open({ snapshotLogBytes: 20_000 });
    for (let i = 0; i < 400; i++) await add((i % 7) + 1, 1, 2, 3);
    await store.close();
    expect((await files()).some((each) => each.startsWith('snapshot-'))).toBe(true);
    expect(store.stats().logBytes).toBeLessThan(50_000);
    await open();
    expect(store.count(segment(3))).toBe(7);
  });

  it('hold one moment while writes go on: what comes from snapshot and log is what was there', async () => {
    await open({ durability: 'os' });
    const batch = new OperationBatch();
    for (let id = 1; id <= 20_000; id++) {
      batch.forUser(user(id));
      for (let each = 1; each <= 5; each++) batch.add(segment(each), 1, clock.s, null);
    }
    await store.apply(batch, instant);
    const snapshot = store.snapshot();
    const state = { done: false };
    void snapshot.then(() => (state.done = true));
    for (let writes = 0; !state.done || writes < 20; writes++) {
      const id = ((writes * 7919) % 20_000) + 1;
      await add(id, 6, 7);
      if (writes % 3 === 0) await store.merge(user(id), user(((writes * 104_729) % 20_000) + 1));
      if (writes % 5 === 0) await store.forget(user(((writes * 31) % 20_000) + 1), { optOut: writes % 2 === 0 });
      if (writes === 10) await store.dropSegment(segment(2));
      if (writes % 4 === 0) await add(20_000 + writes, 1);
    }
    await snapshot;
    const expected = Array.from({ length: 21_000 }, (_, i) => store.get(user(i + 1)));
    const counts = [1, 2, 3, 4, 5, 6, 7].map((each) => store.count(segment(each)));
    const movements = await store.movements([1, 3, 6].map(segment), 1);
    expect(movements[0]?.[0]?.removed).toBeGreaterThan(0);
    const copy = await crashed();
    await store.close();
    directory = copy;
    await open();
    expect(Array.from({ length: 21_000 }, (_, i) => store.get(user(i + 1)))).toEqual(expected);
    expect([1, 2, 3, 4, 5, 6, 7].map((each) => store.count(segment(each)))).toEqual(counts);
    expect(await store.movements([1, 3, 6].map(segment), 1)).toEqual(movements);
    await store.snapshot();
    await reopen();
    expect(await store.movements([1, 3, 6].map(segment), 1)).toEqual(movements);
  });

  it('do not hold up close, and leave nothing unfinished behind', async () => {
    await open();
    await add(1, 1);
    const snapshot = store.snapshot().catch(() => 'ended');
    await store.close();
    await snapshot;
    expect((await files()).filter((each) => each.endsWith('.tmp'))).toEqual([]);
    await open();
    expect(held(1)).toEqual([1]);
  });

  it('are written to erase what ended where the newest is older, and not otherwise', async () => {
    const inFiles = async (text: string): Promise<boolean> => {
      const contents = await Promise.all((await files()).map((name) => readFile(join(directory, name))));
      return contents.some((bytes) => bytes.includes(text));
    };
    await open();
    await store.link(external('crm-erased'), user(1), forEver);
    await store.link(external('crm-kept'), user(2), forEver);
    await store.link(external('crm-opted-out'), user(3), forEver);
    await store.snapshot();
    const atS = clock.s;
    clock.pass(60);
    await store.unlink(external('crm-erased'));
    await store.forget(user(2), { optOut: false });
    await store.forget(user(3), { optOut: true });
    await store.link(external('crm-kept'), user(4), forEver);
    await reopen();
    await store.erase(atS);
    expect([await inFiles('crm-erased'), await inFiles('crm-kept')]).toEqual([true, true]);
    await store.erase(atS + 1);
    expect([await inFiles('crm-erased'), await inFiles('crm-kept')]).toEqual([false, true]);
    expect(store.get(external('crm-kept')).userId).toBe(4n);
    const before = await files();
    await store.erase(atS + 60);
    expect(await files()).toEqual(before);
    await reopen();
    expect([store.get(user(3)).optedOut, store.get(external('crm-opted-out')).optedOut, store.links(user(3))]).toEqual([true, true, []]);
  });

  it('keep nothing of a forgotten user', async () => {
    await open();
    await store.link(external('secret-crm-id'), user(1), forEver);
    await add(1, 1);
    await store.forget(user(1), { optOut: false });
    await store.snapshot();
    for (const each of await files()) expect((await readFile(join(directory, each))).includes('secret-crm-id')).toBe(false);
  });
});

describe('what a crash leaves behind', () => {
  it('is cleared: unfinished snapshots, a snapshot or an empty log that the manifest does not name yet, old logs', async () => {
    await open();
    await add(1, 1);
    await copyFile(join(directory, 'log-1.wal'), join(directory, 'kept'));
    await store.snapshot();
    await store.close();
    await rename(join(directory, 'kept'), join(directory, 'log-1.wal'));
    await copyFile(join(directory, 'snapshot-1.snap'), join(directory, 'snapshot-2.snap'));
    await writeFile(join(directory, 'snapshot-3.snap.tmp'), 'half');
    await writeFile(join(directory, 'log-3.wal'), '');
    await open();
    expect(await files()).toEqual(['log-2.wal', 'manifest', 'snapshot-1.snap']);
    expect(held(1)).toEqual([1]);
  });

  it.each([
    ['a missing log', 'log-1.wal', (path: string) => rm(path), 0],
    ['a missing manifest', 'manifest', (path: string) => rm(path), 0],
    ['a damaged manifest', 'manifest', (path: string) => appendFile(path, ' '), 0],
    ['a cut log that was closed in order', 'log-1.wal', (path: string) => truncate(path, 100), 40],
    ['bytes behind a log that was closed in order', 'log-1.wal', (path: string) => appendFile(path, 'more'), null],
    ['a log that the manifest does not name', 'log-2.wal', (path: string) => writeFile(path, Buffer.alloc(100)), 40],
    [
      'another format',
      'log-1.wal',
      async (path: string) => writeFile(path, Buffer.concat([Buffer.from('SOMETHING'), await readFile(path)])),
      0,
    ],
  ])('refuses %s, and names the file and the byte', async (_, file, change, offset) => {
    await open();
    await add(1, 1);
    await store.close();
    const path = join(directory, file);
    const length = (await stat(path).catch(() => null))?.size ?? 0;
    await change(path);
    const before = await files();
    const error: unknown = await open().catch((each: unknown) => each);
    expect(error).toBeInstanceOf(ProfileStoreDamaged);
    if (!(error instanceof ProfileStoreDamaged)) return;
    expect(basename(error.file)).toBe(file);
    expect(error.offset).toBe(offset ?? length);
    expect(await files()).toEqual(before);
  });
});

/** Ten users, one record each, then a crash: the files, and how long the log was after each user. */
async function tenUsers(snapshotAfter: number): Promise<{ copy: string; lengths: number[]; logFile: string }> {
  await open();
  const lengths: number[] = [];
  for (let id = 1; id <= 10; id++) {
    await add(id, 1, 2);
    if (id === snapshotAfter) await store.snapshot();
    lengths.push(store.stats().logBytes);
  }
  const copy = await crashed();
  await store.close();
  return { copy, lengths, logFile: snapshotAfter === 0 ? 'log-1.wal' : 'log-2.wal' };
}

/** How many of the ten users are there: whole, and without a gap; null where the store is refused. */
async function usersAfter(copy: string): Promise<number | null> {
  directory = copy;
  try {
    await open();
  } catch (error) {
    if (error instanceof ProfileStoreDamaged && /is damaged at byte \d+: ./.test(error.message)) return null;
    throw error;
  }
  const found = Array.from({ length: 10 }, (_, i) => held(i + 1));
  const count = found.findIndex((each) => each.length === 0);
  const present = count < 0 ? 10 : count;
  expect(found).toEqual(Array.from({ length: 10 }, (_, i) => (i < present ? [1, 2] : [])));
  expect(store.stats().users).toBe(present);
  await store.close();
  return present;
}

describe('damage', () => {
  const changed = async (copy: string, file: string, change: (bytes: Buffer) => Buffer): Promise<string> => {
    const to = await mkdtemp(join(root, 'damaged-'));
    await mkdir(to, { recursive: true });
    await cp(copy, to, { recursive: true });
    await writeFile(join(to, file), change(await readFile(join(to, file))));
    return to;
  };

  it('cut anywhere, the log gives exactly the records before the cut, and takes new ones', async () => {
    const { copy, lengths, logFile } = await tenUsers(0);
    const size = lengths.at(-1) ?? 0;
    for (let cut = 40; cut <= size; cut += cut % 3 === 0 ? 5 : 11) {
      const to = await changed(copy, logFile, (bytes) => bytes.subarray(0, cut));
      expect([cut, await usersAfter(to)]).toEqual([cut, lengths.filter((length) => length <= cut).length]);
    }
    const to = await changed(copy, logFile, (bytes) => bytes.subarray(0, size - 3));
    directory = to;
    await open();
    await add(10, 1, 2);
    await store.close();
    expect(await usersAfter(to)).toBe(10);
  });

  it('a flipped bit in the log is refused, or cuts off the last record and nothing else', async () => {
    const { copy, lengths, logFile } = await tenUsers(3);
    const size = lengths.at(-1) ?? 0;
    const lastRecord = lengths.at(-2) ?? 0;
    for (let at = 0; at < size; at += 13) {
      const to = await changed(copy, logFile, (bytes) => {
        bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
        return bytes;
      });
      expect([at, await usersAfter(to)]).toEqual([at, at < lastRecord ? null : 9]);
    }
  });

  it('a piece missing in the middle of the log is refused', async () => {
    const { copy, lengths, logFile } = await tenUsers(0);
    const lastRecord = lengths.at(-2) ?? 0;
    for (const [from, length] of [
      [41, 1],
      [60, 4],
      [60, 200],
      [lengths[0] ?? 0, (lengths[1] ?? 0) - (lengths[0] ?? 0)],
      [lastRecord - 9, 3],
    ] as const) {
      const to = await changed(copy, logFile, (bytes) => Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]));
      expect([from, length, await usersAfter(to)]).toEqual([from, length, null]);
    }
  });

  it('any flipped bit or cut of the snapshot is refused', async () => {
    const { copy } = await tenUsers(10);
    const { size } = await stat(join(copy, 'snapshot-1.snap'));
    for (let at = 0; at < size; at += 11) {
      const flipped = await changed(copy, 'snapshot-1.snap', (bytes) => {
        bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
        return bytes;
      });
      expect([at, await usersAfter(flipped)]).toEqual([at, null]);
    }
    for (let cut = 0; cut < size; cut += 29) {
      const to = await changed(copy, 'snapshot-1.snap', (bytes) => bytes.subarray(0, cut));
      expect([cut, await usersAfter(to)]).toEqual([cut, null]);
    }
  });
});

/** Two users in segments 1 (for ever) and 2 (60 minutes, a minute later), one link, one opted-out mark, as the first format had them. */
const storeOfFormat1 = {
  'log-2.wal': 'Rk9ZRVJMT0cBAAAAAgAAAJUBtuMEAAAAAAAAAAAAAAAAAAAATKee2Q==',
  manifest:
    'Zm95ZXItcHJvZmlsZXMgMQp7InNuYXBzaG90IjoxLCJmaXJzdExvZyI6MiwibGFzdExvZyI6MiwiY2xvc2VkQXRCeXRlcyI6NDAsIm5hbWVzIjozfQphZTgwMzExMwo=',
  'snapshot-1.snap':
    'Rk9ZRVJTTlABAAAAAQAAAJH1DdkEAAAAAAAAAADxU2UAAAAAthGkD+QRRQYkAAAAAAAAAAAAAAABAAAAAwAAAAIAAAABAAAAAQAAAAAAAAACAAAAAgAAAAAAAACEPUf/BAAAAAEAAAAAAAAAAgAAAB/qqIvMAAAAAgAAAAAAAAADAAAAAAAAAAkAAAABAQAAAAAAAAAAAAABAAAAAPFTZf////8EAAAAEQAAAAMbqYps0aVJ760cAAAAAAABAAAAAgAAAAEAAAABAAAAAPFTZf////8AAAAQAgAAAAAAAAA88VNlPAAAAAAAABAAAAAACQAAAAECAAAAAAAAAAAAAAAAAAACAAAAAQAAAAIAAAAA8VNl/////wAAABACAAAAAAAAADzxU2U8AAAAAAAAEAEAAAAJAAAAAQMAAAAAAAAAAAAAAAAAAAAAAACSiUkNFAAAAAMAAAAAAAAABAAAAAMAAAADAAAABAAAAAAAAAA=',
};
