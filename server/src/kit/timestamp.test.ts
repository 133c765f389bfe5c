import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatTimestamp, formatTimestampSlowly, parseTimestamp } from './timestamp.ts';

test('a time is shown in UTC to the second', () => {
  expect(formatTimestamp(Date.UTC(2015, 10, 1, 1, 0, 0, 999))).toBe('2015-11-01 01:00:00');
});

describe("arithmetic agrees with the language's own calendar", () => {
  test('for every second that fits into 32 bits, whatever was asked before', () => {
    const differs = (seconds: number): boolean => formatTimestamp(seconds * 1000) !== formatTimestampSlowly(seconds * 1000);
    const seconds = fc.integer({ min: 0, max: 0xffff_ffff });
    expect(() =>
      fc.assert(
        fc.property(seconds, (second) => !differs(second)),
        { numRuns: 20_000 },
      ),
    ).not.toThrow();
    // Every day of them, its first and its last second.
    const wrong: number[] = [];
    for (let day = 0; day < 49_711; day++)
      for (const second of [day * 86_400, day * 86_400 + 86_399]) if (differs(Math.min(second, 0xffff_ffff))) wrong.push(second);
    expect(wrong).toEqual([]);
  });

  test('for all times that there are, before 1970, beyond year 9999 and between milliseconds too', () => {
    const times = fc.oneof(fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true }), fc.integer({ min: -8.64e15, max: 8.64e15 }));
    expect(() =>
      fc.assert(
        fc.property(times, (ms) => formatTimestamp(ms) === formatTimestampSlowly(ms)),
        { numRuns: 10_000 },
      ),
    ).not.toThrow();
  });

  it.each([
    0, -0, -0.5, 0.5, -1, 999.999, 86_399_999, 86_400_000, 951_782_399_999, 951_782_400_000, 951_868_800_000, 4_107_542_400_000,
    253_402_300_799_999, 253_402_300_799_999.9, 253_402_300_800_000, -62_167_219_200_001, 8.64e15, -8.64e15,
  ])('at the edge %d', (ms) => expect(formatTimestamp(ms)).toBe(formatTimestampSlowly(ms)));

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8.65e15])('%d is no time', (ms) =>
    expect(() => formatTimestamp(ms)).toThrow(RangeError),
  );
});

test('what is shown is read as the same second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
      expect(parseTimestamp(formatTimestamp(ms))).toBe(ms - (ms % 1000));
    }),
  );
});

describe('no timestamp', () => {
  it.each([
    '2015-11-01',
    '2015-11-01T01:00:00',
    '2015-11-01 01:00',
    '2015-11-01 01:00:00Z',
    '2015-13-01 00:00:00',
    '2015-11-31 00:00:00',
    '2015-11-01 24:00:00',
    '2015-11-01 00:60:00',
    '2023-02-29 00:00:00',
    '15-11-01 00:00:00',
    '',
    'now',
  ])('%s', (text) => expect(parseTimestamp(text)).toBeUndefined());
});

test('29 February is read in leap years', () => {
  expect(parseTimestamp('2024-02-29 00:00:00')).toBe(Date.UTC(2024, 1, 29));
});
