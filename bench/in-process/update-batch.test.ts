import { expect, test } from 'vitest';
import { additionWords, loadedSegmentsPerUser, seededRandom, userIdOf } from '../data/audience.ts';
import { loadBatch, segmentsPerUpdate, updateBatches, updateLanes, usersPerBatch } from './update-batch.ts';

test('batches that may be under way together never share a user', () => {
  const batches = updateBatches(12, 5000, seededRandom(1), 1);
  for (let first = 0; first + updateLanes <= batches.length; first++) {
    const together = batches.slice(first, first + updateLanes).flatMap(({ userIds }) => [...userIds]);
    expect(new Set(together).size).toBe(together.length);
  }
});

test('a batch has different users of the audience, each with the same number of segments', () => {
  const known = new Set(Array.from({ length: 8000 }, (_, user) => userIdOf(user)));
  for (const { userIds, additions, perUser } of updateBatches(4, 8000, seededRandom(2), 1)) {
    expect(userIds.length).toBe(usersPerBatch);
    expect([...userIds].every((id) => known.has(id))).toBe(true);
    expect(additions.length).toBe(usersPerBatch * segmentsPerUpdate * additionWords);
    expect(perUser).toBe(segmentsPerUpdate);
  }
});

test('the load is the same however it is cut into batches', () => {
  const whole = loadBatch(0, 30, 7);
  const parts = [loadBatch(0, 10, 7), loadBatch(10, 30, 7)];
  expect(parts.flatMap(({ userIds }) => [...userIds])).toEqual([...whole.userIds]);
  expect(parts.flatMap(({ additions }) => [...additions])).toEqual([...whole.additions]);
  expect(whole.perUser).toBe(loadedSegmentsPerUser);
});
