import { expect, test } from 'vitest';
import {
  additionWords,
  fillLoaded,
  loadedSegmentsPerUser,
  randomAdditions,
  seededRandom,
  segmentIds,
  userIdOf,
  userOf,
} from './audience.ts';

const loadedOf = (user: number): number[] => {
  const words = new Uint32Array(loadedSegmentsPerUser * additionWords);
  fillLoaded(user, words, 0);
  return [...words];
};

test('what a user is loaded with depends on the user alone', () => {
  const forward = [1, 2, 3].map(loadedOf);
  const backward = [3, 2, 1].map(loadedOf).toReversed();
  expect(forward).toEqual(backward);
  expect(forward[0]).not.toEqual(forward[1]);
});

test('the memberships of one user are in different segments of the catalog', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 200; round++) {
    const segments = randomAdditions(random, 20).map(({ segment }) => segment);
    expect(new Set(segments).size).toBe(20);
    expect(segments.every((segment) => segmentIds.includes(segment))).toBe(true);
  }
});

test('segments are skewed: the first is several times as large as the tenth', () => {
  const counts = new Map<number, number>();
  for (let user = 0; user < 20_000; user++) {
    const words = loadedOf(user);
    for (let at = 0; at < words.length; at += additionWords) counts.set(words[at] ?? 0, (counts.get(words[at] ?? 0) ?? 0) + 1);
  }
  const [first, tenth] = [counts.get(segmentIds[0] ?? 0) ?? 0, counts.get(segmentIds[9] ?? 0) ?? 0];
  // Nobody is in a segment twice, so the largest hold less than their share of draws.
  expect(first / tenth).toBeGreaterThan(3);
  expect(first / tenth).toBeLessThan(10);
});

test('different users have different ids, and none is 0', () => {
  const ids = new Set(Array.from({ length: 10_000 }, (_, user) => userIdOf(user)));
  expect(ids.size).toBe(10_000);
  expect(ids.has(0n)).toBe(false);
});

test('a user is found by its id', () => {
  for (const user of [0, 1, 2, 999, 10_000_000, 2 ** 31]) expect(userOf(userIdOf(user))).toBe(user);
});
