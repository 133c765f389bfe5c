import { expect, it } from 'vitest';
import { formatRfc3339, formatRfc3339OrNull } from './wire-time.ts';

it.each([
  [0, '1970-01-01T00:00:00Z'],
  [Date.UTC(2026, 0, 15, 12), '2026-01-15T12:00:00Z'],
  [1, '1970-01-01T00:00:00.001Z'],
  [1_000_120, '1970-01-01T00:16:40.120Z'],
])('%d ms is %s', (ms, text) => {
  expect([formatRfc3339(ms), formatRfc3339OrNull(ms)]).toEqual([text, text]);
});

it('no time is null', () => expect(formatRfc3339OrNull(null)).toBeNull());
