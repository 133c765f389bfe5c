import { describe, expect, it } from 'vitest';
import { neverEnds, OperationBatch, removal } from './operation-batch.ts';
import type { BatchColumns } from './packed-batch.ts';
import { device, segment, user } from './profile-fixtures.ts';
import { RestoreBatch } from './restore-batch.ts';

const words = (...list: number[]): Uint32Array => Uint32Array.from(list);

describe('a batch of columns', () => {
  /** Two users: 2 operations, 1 operation. */
  const good: BatchColumns = {
    operations: words(1, 0, 0, neverEnds, 2, 7, 5, 60, 1, 0, 0, removal),
    keys: new Uint8Array(18),
    userKeyEnds: words(9, 18),
    userOperationEnds: words(2, 3),
  };

  it('holds what the columns hold, without a copy, and can be gone on with', () => {
    const batch = OperationBatch.ofColumns(good);
    expect([batch.userCount, batch.operationCount, batch.operations.buffer]).toEqual([2, 3, good.operations.buffer]);
    batch.forUser(user(1)).add(segment(9), 1, 2, 3);
    expect([batch.userCount, batch.operationCount, [...batch.operations.subarray(12)]]).toEqual([3, 4, [9, 1, 2, 3]]);
    expect(good.operations).toHaveLength(12);
    const none = { operations: words(), keys: new Uint8Array(0), userKeyEnds: words(), userOperationEnds: words() };
    expect(OperationBatch.ofColumns(none).forUser(device(1)).add(segment(1), 0, 0, null)).toBe(0);
  });

  it.each([
    ['another number of users', { userOperationEnds: words(3) }],
    ['a user without a key', { userKeyEnds: words(0, 18) }],
    ['keys that end before they begin', { userKeyEnds: words(18, 9) }],
    ['a key that is too long', { userKeyEnds: words(9, 0x4100), keys: new Uint8Array(0x4100) }],
    ['keys behind the last', { keys: new Uint8Array(19) }],
    ['keys that are cut off', { keys: new Uint8Array(17) }],
    ['operations that end before they begin', { userOperationEnds: words(4, 3) }],
    ['operations behind the last', { userOperationEnds: words(1, 2) }],
    ['operations that are cut off', { userOperationEnds: words(2, 4) }],
    ['half an operation', { operations: good.operations.subarray(0, 10) }],
    ['an addition to no segment', { operations: words(0, 0, 0, 60, 2, 7, 5, 60, 1, 0, 0, removal) }],
    ['a value of 32 bits', { operations: words(1, 0x8000_0000, 0, 60, 2, 7, 5, 60, 1, 0, 0, removal) }],
    ['a lifetime of 32 bits', { operations: words(1, 0, 0, 0x8000_0000, 2, 7, 5, 60, 1, 0, 0, removal) }],
  ])('is refused with %s', (_, wrong) => {
    expect(() => OperationBatch.ofColumns({ ...good, ...wrong })).toThrow(RangeError);
  });
});

describe('a restore batch', () => {
  it('takes before-images of what was done, and no others', () => {
    const batch = new RestoreBatch().forUser(user(1));
    const images = words(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 7, 5, neverEnds, 9);
    expect(() => batch.takeBackAddition(segment(1), 0, null, images, 0)).toThrow(RangeError);
    expect(() => batch.takeBackRemoval(segment(1), images, 5)).toThrow(RangeError);
    expect(() => batch.takeBackRemoval(segment(1), images, 15)).toThrow(RangeError);
    for (const broken of [words(2, 0x8000_0000, 5, 60, 9), words(2, 7, 5, removal, 9), words(2, 7, 5, 60, 0x8000_0000), words(2, 7)])
      expect(() => batch.takeBackAddition(segment(1), 0, null, broken)).toThrow(RangeError);
    expect(batch.operationCount).toBe(0);
    expect(batch.takeBackAddition(segment(1), 100, 2, images, 5)).toBe(0);
    expect(batch.takeBackAddition(segment(1), 100, null, images, 10)).toBe(1);
    expect(batch.takeBackAddition(segment(1), 0, 0, images, 10)).toBe(2);
    expect(batch.takeBackRemoval(segment(2), images, 10)).toBe(3);
    expect([...batch.operations]).toEqual([1, 0, 0, removal, 1, 7, 5, neverEnds, 1, 7, 5, neverEnds, 2, 7, 5, neverEnds]);
    expect([...batch.origins]).toEqual([0, 220, 9, neverEnds, 9, 1, 9, 0]);
    batch.clear();
    expect([batch.operationCount, batch.origins]).toEqual([0, words()]);
  });
});
