import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';

test('a time is shown in UTC to the second', () => {
  expect(formatTimestamp(Date.UTC(2015, 10, 1, 1, 0, 0, 999))).toBe('2015-11-01 01:00:00');
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
