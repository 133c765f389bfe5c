import { describe, expect, it } from 'vitest';
import { median, pairedRatio, spreadOf } from './median.ts';

describe('median', () => {
  it('is the middle one of an odd number of values, in whatever order and as numbers, not as text', () => {
    expect(median([100, 9, 20])).toBe(20);
    expect(median([5])).toBe(5);
  });
  it('is the mean of the two in the middle of an even number', () => expect(median([4, 1, 3, 2])).toBe(2.5));
  it('is NaN of nothing', () => expect(median([])).toBeNaN());
  it('leaves its argument as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('spreadOf', () => {
  it('tells both ends and the median', () => expect(spreadOf([3, 1, 2])).toEqual({ least: 1, median: 2, most: 3 }));
});

describe('pairedRatio', () => {
  it('compares run by run, so that a machine that slows down for a while changes nothing', () =>
    expect(pairedRatio([80, 40, 8], [100, 50, 10])).toEqual({ least: 0.8, median: 0.8, most: 0.8 }));
  it('refuses runs without a partner', () => expect(() => pairedRatio([1, 2], [1])).toThrow(RangeError));
});
