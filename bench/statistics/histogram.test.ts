import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

describe('Histogram', () => {
  it('answers 0 where nothing was recorded', () => {
    const histogram = new Histogram();
    expect([histogram.count, histogram.percentile(0.5), histogram.percentile(1), histogram.largest, histogram.smallest]).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  it('is exact below 256', () => {
    const histogram = filled(Array.from({ length: 200 }, (_, i) => i + 1));
    expect([histogram.percentile(0), histogram.percentile(0.5), histogram.percentile(0.99), histogram.percentile(1)]).toEqual([
      1, 100, 198, 200,
    ]);
  });

  it('takes the value whose rank is the share of the count, rounded up', () => {
    expect(filled([1, 2, 3]).percentile(0.5)).toBe(2);
    expect(filled([1, 2, 3, 4]).percentile(0.5)).toBe(2);
    expect(filled([1, 2, 3, 4]).percentile(0.51)).toBe(3);
    expect(filled([7]).percentile(0.99)).toBe(7);
  });

  it('is within 1/128 of every percentile of any values up to 2^53', () => {
    const value = fc.oneof(fc.nat(300), fc.nat(2 ** 31 - 1), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const exact = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
        const answered = filled(values).percentile(share);
        expect(answered).toBeGreaterThanOrEqual(exact);
        expect(answered).toBeLessThanOrEqual(exact * (1 + 1 / 128));
      }),
    );
  });

  it('never answers more than the largest value, and knows both ends exactly', () => {
    const histogram = filled([1_000_003, 5_000_017]);
    expect([histogram.percentile(1), histogram.largest, histogram.smallest]).toEqual([5_000_017, 5_000_017, 1_000_003]);
  });

  it('holds the values beside every power of two in order', () => {
    for (let bits = 1; bits < 53; bits++) {
      const edge = 2 ** bits;
      const histogram = filled([edge - 1, edge, edge + 1]);
      expect(histogram.percentile(0.3)).toBeGreaterThanOrEqual(edge - 1);
      expect(histogram.percentile(0.3)).toBeLessThanOrEqual(histogram.percentile(0.6));
      expect(histogram.percentile(1)).toBe(edge + 1);
    }
  });

  it('forgets all on clear', () => {
    const histogram = filled([5, 500, 50_000]);
    histogram.clear();
    histogram.record(3);
    expect([histogram.count, histogram.percentile(0.99), histogram.largest, histogram.smallest]).toEqual([1, 3, 3, 3]);
  });

  it('refuses what it cannot hold', () => {
    const histogram = new Histogram();
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) expect(() => histogram.record(value)).toThrow(RangeError);
    expect(() => histogram.percentile(1.5)).toThrow(RangeError);
  });
});
