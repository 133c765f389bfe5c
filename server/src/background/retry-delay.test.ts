import { expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

it('waits twice as long after each attempt, and never longer than ten minutes', () => {
  expect([1, 2, 3, 10, 11, 60].map((attempt) => retryDelayMs(attempt, 0))).toEqual([1000, 2000, 4000, 512_000, 600_000, 600_000]);
});
it('spreads what failed together over a quarter of the wait', () => {
  expect([0, 0.5, 0.999_999].map((random) => retryDelayMs(3, random))).toEqual([4000, 3500, 3000]);
});
