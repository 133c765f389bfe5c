import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { asMemberId } from '../../kit/ids.ts';
import { OperationBatch } from '../operation-batch.ts';
import { device, FakeClock, instant, segment, user } from '../profile-fixtures.ts';
import { ProfileStoreDamaged } from '../profile-store.ts';
import { EmbeddedProfileStore } from './embedded-profile-store.ts';
import { verifyStore } from './verify-store.ts';

const root = await mkdtemp(join(tmpdir(), 'foyer-copy-'));
afterAll(() => rm(root, { recursive: true }));
const clock = new FakeClock();
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(root, 'store-'));
});

const open = (path = directory): Promise<EmbeddedProfileStore> => EmbeddedProfileStore.open({ directory: path, clock, ownThread: false });
const verify = (path: string) => verifyStore(path, () => undefined);
function add(store: EmbeddedProfileStore, id: number, ...segments: number[]): Promise<unknown> {
  const batch = new OperationBatch().forUser(user(id));
  for (const each of segments) batch.add(segment(each), each, clock.s, null);
  return store.apply(batch, instant);
}
const held = (store: EmbeddedProfileStore, id: number): number[] => store.get(user(id)).memberships.map((each) => each.segment);

/** Names and contents of all files. */
async function contentsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(path)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'latin1')] as const)));
}

describe('a copy', () => {
  it('is a store of its own with all that was acknowledged before, closed in order, while writes go on', async () => {
    const store = await open();
    for (let id = 1; id <= 3000; id++) void add(store, id, 1, 2);
    await store.link(device(1), user(1), { expiresAtS: null, linkedBy: asMemberId(9) });
    await store.forget(user(9000), { optOut: true });
    await store.see(user(9001));
    const path = join(root, 'copy-of-live');
    const copied = store.copyTo(path);
    // The cut is made in this turn; what comes next is not of the copy.
    await Promise.resolve();
    await Promise.resolve();
    for (let id = 1; id <= 3000; id++) void add(store, id, 3);
    await copied;
    expect(await verify(path)).toMatchObject({ users: 3001, memberships: 6000, identifiers: 3002, segments: 2, tornBytes: 0 });
    const copy = await open(path);
    expect([held(copy, 1), held(copy, 3000), copy.links(user(1)).length]).toEqual([[1, 2], [1, 2], 1]);
    expect(copy.get(user(9000)).optedOut).toBe(true);
    await add(copy, 5000, 7);
    await copy.close();
    const again = await open(path);
    expect(held(again, 5000)).toEqual([7]);
    expect((await again.segmentIds()).toSorted()).toEqual([1, 2, 7]);
    await again.close();
    expect(held(store, 1)).toEqual([1, 2, 3]);
    await store.close();
  });

  it('waits for a snapshot that is being written, and the log goes on behind both', async () => {
    const store = await open();
    for (let id = 1; id <= 500; id++) void add(store, id, 1);
    const path = join(root, 'copy-behind-snapshot');
    await Promise.all([store.snapshot(), store.copyTo(path), add(store, 501, 1)]);
    await store.close();
    expect((await verify(path)).users).toBe(501);
    expect((await verify(directory)).users).toBe(501);
  });

  it('is refused by a store that is closed', async () => {
    const store = await open();
    await store.close();
    await expect(store.copyTo(join(root, 'never'))).rejects.toThrow('closed');
  });
});

describe('verifying', () => {
  /** A snapshot and a log of five records behind it, as a kill leaves them. */
  async function killedStore(): Promise<string> {
    const store = await open();
    for (let id = 1; id <= 40; id++) await add(store, id, 1, 2);
    await store.snapshot();
    for (let id = 41; id <= 44; id++) await add(store, id, 1);
    await store.see(user(45));
    const copy = await mkdtemp(join(root, 'killed-'));
    await cp(directory, copy, { recursive: true });
    await store.close();
    return copy;
  }

  const outcomeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'whole',
      (error: unknown) => {
        if (error instanceof ProfileStoreDamaged) return error.message;
        throw error;
      },
    );

  it('of nothing finds nothing, and makes nothing', async () => {
    expect(await verify(directory)).toMatchObject({ users: 0, logBytes: 0, tornBytes: 0 });
    expect(await readdir(directory)).toEqual([]);
  });

  it('reads snapshot and log, and leaves a torn end and leftovers where they are', async () => {
    const path = await killedStore();
    await writeFile(join(path, 'snapshot-9.snap.tmp'), 'half');
    const [log = ''] = (await readdir(path)).filter((name) => name.endsWith('.wal'));
    await truncate(join(path, log), (await readFile(join(path, log))).length - 2);
    const before = await contentsOf(path);
    const found = await verify(path);
    expect(found).toMatchObject({ users: 44, memberships: 84, segments: 2 });
    expect(found.tornBytes).toBeGreaterThan(10);
    expect(await contentsOf(path)).toEqual(before);
    const store = await open(path);
    expect(store.stats()).toMatchObject({ users: 44, memberships: 84, logBytes: found.logBytes });
    await store.close();
  });

  it('says of every damage what a start says, wherever a byte is changed or a file is cut, and changes nothing', async () => {
    const path = await killedStore();
    const whole = await contentsOf(path);
    const seen = new Set<string>();
    for (const [name, contents] of whole) {
      const step = Math.max(1, Math.floor(contents.length / 25));
      for (let at = 0; at < contents.length; at += step) {
        for (const damaged of [contents.slice(0, at) + flipped(contents, at) + contents.slice(at + 1), contents.slice(0, at)]) {
          await writeFile(join(path, name), damaged, 'latin1');
          const verified = await outcomeOf(verify(path));
          expect((await contentsOf(path)).get(name)).toBe(damaged);
          expect(await outcomeOf(open(path).then((store) => store.close()))).toBe(verified);
          seen.add(`${name.split(/[-.]/)[0]} ${verified === 'whole' ? 'whole' : 'damaged'}`);
          await Promise.all(Array.from(whole, ([each, text]) => writeFile(join(path, each), text, 'latin1')));
          await Promise.all((await readdir(path)).filter((each) => !whole.has(each)).map((each) => rm(join(path, each))));
        }
      }
    }
    // Only the last record of the log can be torn; nothing else may be found whole.
    expect([...seen].sort()).toEqual(['log damaged', 'log whole', 'manifest damaged', 'snapshot damaged']);
  });
});

const flipped = (text: string, at: number): string => String.fromCharCode(text.charCodeAt(at) ^ 0x10);
