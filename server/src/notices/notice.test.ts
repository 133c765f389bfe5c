import { describe, expect, it } from 'vitest';
import { limitNotice, stepReached } from './notice.ts';

describe('the steps of a limit', () => {
  it.each([
    [84, 100, 0],
    [85, 100, 85],
    [94, 100, 85],
    [95, 100, 95],
    [99, 100, 95],
    [100, 100, 100],
    [150, 100, 100],
    [16, 20, 0],
    [17, 20, 85],
    [1, 1, 100],
    [0, 7, 0],
    [1_000_000, 0, 0],
    [1_000_000, null, 0],
  ])('%i of %s is at %i percent', (value, maximum, step) => expect(stepReached(value, maximum)).toBe(step));

  it('are one cause a day, and another one for another maximum', () => {
    const at = (day: number, maximum: number) =>
      limitNotice({ name: 'segment_limit', of: 'segments', value: 9, maximum, percent: 85 }, 10, Date.UTC(2026, 0, day, 23)).cause;
    expect(at(1, 10)).toBe('limit:segment_limit:10:85:2026-01-01');
    expect(new Set([at(1, 10), at(1, 10), at(2, 10), at(1, 11)]).size).toBe(3);
  });
});
