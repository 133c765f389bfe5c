import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationBatch } from '../operation-batch.ts';
import { external, FakeClock, outcomeNames, segment, undoOf, user } from '../profile-fixtures.ts';
import type { ApplyOptions, ApplyResult } from '../profile-store.ts';
import { EmbeddedProfileStore } from './embedded-profile-store.ts';

const root = await mkdtemp(join(tmpdir(), 'foyer-undo-'));
afterAll(() => rm(root, { recursive: true }));
const source = { kind: 'batch', job: 9 } as const;
const chunkOf = (sequence: number, more: Partial<ApplyOptions> = {}): ApplyOptions => ({
  source,
  before: true,
  chunk: { job: 9, sequence },
  ...more,
});

let clock = new FakeClock();
let directory = '';
let store: EmbeddedProfileStore;
const open = async (): Promise<void> => {
  store = await EmbeddedProfileStore.open({ directory, clock, ownThread: false });
};
/** Goes on with the files as a crash at this moment leaves them. */
const crash = async (): Promise<void> => {
  const copy = await mkdtemp(join(root, 'copy-'));
  await cp(directory, copy, { recursive: true });
  await store.close();
  directory = copy;
  await open();
};
/** The same users in every batch, so that each finds what the one before it left. */
const batchOf = (value: number): OperationBatch => {
  const batch = new OperationBatch().forUser(user(1));
  batch.add(segment(1), value, clock.s, null);
  batch.add(segment(2), value, clock.s, 1);
  batch.remove(segment(3));
  batch.forUser(external('x')).add(segment(1), value, clock.s, null);
  batch.forUser(user(2 + value)).add(segment(3), value, clock.s, 60);
  batch.withdraw(batch.add(segment(4), value, clock.s, 60));
  return batch;
};

beforeEach(async () => {
  clock = new FakeClock();
  directory = await mkdtemp(join(root, 'store-'));
});
afterEach(() => store.close());

describe('what chunks were answered', () => {
  it.each([
    ['the log', [], []],
    ['a snapshot', [3], []],
    ['a snapshot and the log', [1], []],
    ['snapshots, over several crashes', [0, 2], [0, 1, 3]],
  ])('is answered after a crash, from %s', async (_, snapshotsAfter, crashesAfter) => {
    await open();
    const answers: ApplyResult[] = [];
    for (let sequence = 0; sequence <= 3; sequence++) {
      answers.push(await store.apply(batchOf(sequence), chunkOf(sequence, sequence === 2 ? { beforeKeptUpTo: 0 } : {})));
      clock.pass(sequence === 0 ? 59 : 60);
      if (snapshotsAfter.includes(sequence)) await store.snapshot();
      if (crashesAfter.includes(sequence)) await crash();
    }
    expect(answers[0]?.changes).toEqual({ added: 3, refreshed: 0, removed: 0, missing: 1 });
    expect(answers[1]?.changes).toEqual({ added: 1, refreshed: 2, removed: 0, missing: 1 });
    expect(answers[2]?.changes).toEqual({ added: 2, refreshed: 1, removed: 0, missing: 1 });
    await crash();
    for (const [sequence, answer] of answers.entries()) {
      const before = sequence === 0 ? null : answer.before;
      expect(await store.apply(new OperationBatch(), chunkOf(sequence))).toEqual({ ...answer, repeated: true, before });
    }
    const { memoryBytes } = store.stats();
    await store.forgetChunks(9);
    expect(store.stats().memoryBytes).toBeLessThan(memoryBytes);
    await crash();
    expect((await store.apply(new OperationBatch(), chunkOf(1))).repeated).toBe(false);
  });

  it('is answered of a restore too, which is there once', async () => {
    await open();
    const batch = batchOf(1);
    const { before } = await store.apply(batch, chunkOf(0));
    const undo = undoOf(batch, before ?? new Uint32Array());
    const other = new OperationBatch().forUser(user(1));
    other.add(segment(1), 5, clock.s, null);
    await store.apply(other, { source: { kind: 'instant', job: 0 } });
    const options = { source, chunk: { job: 10, sequence: 0 } };
    const restored = await store.restore(undo, options);
    expect(outcomeNames(restored.outcomes)).toEqual(['applied', 'applied', 'newer']);
    for (const snapshot of [false, true]) {
      if (snapshot) await store.snapshot();
      await crash();
      expect(store.get(user(1)).memberships).toMatchObject([{ segment: 1, value: 5 }]);
      expect(store.get(user(3))).toMatchObject({ known: true, memberships: [] });
      expect(await store.restore(undo, options)).toEqual({ ...restored, repeated: true });
    }
  });
});

describe('a store of the version that did not count changes', () => {
  it('is read, from snapshot and log: what it holds, and outcomes of its chunks, without changes', async () => {
    for (const [name, contents] of Object.entries(storeBeforeChanges))
      await writeFile(join(directory, name), Buffer.from(contents, 'base64'));
    await open();
    expect([1, 2, 3].map((id) => store.get(user(id)).memberships.map((each) => [each.segment, each.value]))).toEqual([
      [[1, 5]],
      [[1, 8]],
      [[3, 8]],
    ]);
    const expected = [['applied', 'applied'], ['applied', 'unmapped'], ['applied'], ['applied', 'unmapped']];
    const answers = async (): Promise<readonly ApplyResult[]> => {
      const all = [];
      for (let sequence = 0; sequence < 4; sequence++) all.push(await store.apply(new OperationBatch(), chunkOf(sequence)));
      return all;
    };
    const before = await answers();
    expect(before.map(({ outcomes }) => outcomeNames(outcomes))).toEqual(expected);
    expect(before.every((each) => each.repeated && each.before === null && Object.values(each.changes).every((n) => n === 0))).toBe(true);
    await store.snapshot();
    await crash();
    expect(await answers()).toEqual(before);
  });
});

/** User 1 and chunks 0 and 1 of job 9 in the snapshot, chunks 2 and 3 (user 2) and one more user in the log, cut off by a crash. */
const storeBeforeChanges = {
  'log-2.wal':
    'Rk9ZRVJMT0cBAAAAAgAAAPdbdlcDAAAAAAAAAAAAAAAAAAAAv8RiBiAgdBxQAAAAAwAAAAAAAAAUAAAAAQAAAADxU2UBAAAACQAAIAkAAAACAAAAAAAAAAEAAAAJAAAAAQAAAAkAAAABAgAAAAAAAAAAAAABAAAAAQAAAAcAAAAA8VNlPAAAAPZuuyp0AAAABAAAAAAAAAAdAAAAAQAAAADxU2UDAAAACQAAIAkAAAADAAAAAAAAAAIAAAAJAAAADwAAAAEAAAACAAAADwAAAAECAAAAAAAAACAJAAAAeAACAAAAAQAAAAgAAAAA8VNlPAAAAAAAAAAAAAAAAAAAAAAAAAACAAAAAAIAAGZLGa1YAAAABQAAAAAAAAAWAAAAAQAAAADxU2UAAAAACQAAIAAAAAAAAAAAAQAAAAMAAAADAAAAAQAAAAkAAAABAAAACQAAAAEDAAAAAAAAAAAAAAEAAAADAAAACAAAAADxU2U8AAAA',
  manifest:
    'Zm95ZXItcHJvZmlsZXMgMQp7InNuYXBzaG90IjoxLCJmaXJzdExvZyI6MiwibGFzdExvZyI6MiwiY2xvc2VkQXRCeXRlcyI6bnVsbCwic25hcHNob3RBdFMiOjE3MDAwMDAwMDAsIm5hbWVzIjoxfQphM2FhZTg5OQo=',
  'snapshot-1.snap':
    'Rk9ZRVJTTlACAAAAAQAAANpdWFEDAAAAAAAAAADxU2UAAAAAoq91bi6YApwkAAAAAAAAAAAAAAABAAAAAwAAAAIAAAABAAAAAQAAAAAAAAACAAAAAgAAAAAAAAC/kIsuNAAAAAEAAAAAAAAABQAAAAAAAAAAAAAAAQAAANtMAAABAAAAAAAAAAAAAAACAAAA20wAAAEAAAABAAAAAAAAABIZTTkoAAAAAgAAAAAAAAACAAAACQAAAAEAAAAAAAAAAgAAAAACAAAJAAAAAAAAAAEAAAACAAAABm+iYDwAAAADAAAAAAAAAAYAAAABAAAA20wAAAAAAAAJAAAAAQEAAAAAAAAAAAAAAAAAAAEAAAABAAAABQAAgADxU2X/////CQAAoCHpqRoMAAAABAAAAAAAAAAHAAAAAgAAAAAAAACoqwFqKAAAAAUAAAAAAAAACAAAAAIAAADbTAAAAAAAAAAAAAABAAAAAAAAAAEAAAACAAAAAQAAAFt8NAMUAAAABgAAAAAAAAAEAAAABgAAAAEAAAABAAAAAAAAAA==',
};
