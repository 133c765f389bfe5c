import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/running-server.ts';
import { removal } from '../../../profiles/operation-batch.ts';
import { beforeKind } from '../../../profiles/before-image.ts';
import { ParsedChunk } from '../parse/parsed-chunk.ts';
import { beforeAt, BeforeFile, imageWords, newestImages } from './before-file.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder('before');
  path = join(folder.path, 'before');
});
afterEach(() => folder.remove());

/** Two users, three operations: an addition, one that changed nothing, a removal. */
function chunk(): ParsedChunk {
  const columns = new ParsedChunk();
  columns.keys.set([1, 2, 3, 9, 9]);
  columns.operations.set([5, 7, 1000, 60, 6, 0, 0, removal, 7, 0, 0, removal]);
  columns.addUser(3, 2, 0, 1, 0);
  columns.addUser(2, 3, 1, 2, 0);
  return columns;
}
const { none, unchanged, held } = beforeKind;
const before = Uint32Array.of(none, 0, 0, 0, 0, unchanged, 0, 0, 0, 0, held, 8, 900, 30, 77);

const read = (): unknown[] =>
  [...newestImages(path)].map(({ images: { sequence, keys, userKeyEnds, userImageEnds, images } }) => ({
    sequence,
    keys: [...keys],
    userKeyEnds: [...userKeyEnds],
    userImageEnds: [...userImageEnds],
    images: [...images],
  }));
const whole = (sequence: number) => ({
  sequence,
  keys: [1, 2, 3, 9, 9],
  userKeyEnds: [3, 5],
  userImageEnds: [1, 2],
  images: [5, 1000, 60, none, 0, 0, 0, 0, 7, 0, removal, held, 8, 900, 30, 77],
});

describe('before-images', () => {
  it('are read back newest first, without what changed nothing', () => {
    const file = new BeforeFile(path, true);
    for (const sequence of [1, 2, 5]) file.add(sequence, chunk(), before);
    expect(file.syncedUpTo).toBe(0);
    expect(file.close()).toBe(readFileSync(path).length);
    expect([imageWords, beforeAt]).toEqual([8, 3]);
    expect(read()).toEqual([whole(5), whole(2), whole(1)]);
  });
  it('are synced every few chunks, and how far is told', () => {
    const file = new BeforeFile(path, true);
    for (let sequence = 1; sequence <= 40; sequence++) file.add(sequence, chunk(), before);
    expect(file.syncedUpTo).toBe(32);
    file.close();
  });
  it('go on behind the last whole record after a crash, each chunk once', () => {
    const first = new BeforeFile(path, false);
    first.add(1, chunk(), before);
    first.add(2, chunk(), before);
    const bytes = first.close();
    for (const spoil of [
      () => appendFileSync(path, Buffer.alloc(30, 1)),
      () => truncateSync(path, bytes + 10),
      () => truncateSync(path, bytes - 4),
    ]) {
      spoil();
      const again = new BeforeFile(path, false);
      again.add(1, chunk(), null);
      if (again.syncedUpTo < 2) again.add(2, chunk(), before);
      else again.add(2, chunk(), null);
      expect(() => again.add(3, chunk(), null)).toThrow(/missing/);
      again.close();
      expect(read()).toEqual([whole(2), whole(1)]);
    }
  });
  it('that are damaged are refused', () => {
    const file = new BeforeFile(path, false);
    file.add(1, chunk(), before);
    file.close();
    truncateSync(path, 40);
    expect(() => read()).toThrow(/damaged/);
  });
});
