import { expect, test } from 'vitest';
import { plainRow } from '../scenarios/scenario.ts';
import { alignedTable, duration, tableOf, verdictOf } from './table.ts';
import { atMost, p99Below, ratioAtLeast, ratioAtMost } from './target.ts';

const figure = { least: 20.5, median: 24.25, most: 30, unit: 'bytes' };

test('text stands to the left and figures to the right of their columns', () => {
  expect(
    alignedTable(
      ['who', 'rate'],
      [
        ['a', '1'],
        ['bcd', '12345'],
      ],
      new Set(['who']),
    ),
  ).toBe(['who   rate', '---  -----', 'a        1', 'bcd  12345'].join('\n'));
});

test('a line shows its figure, its ends and its verdicts', () => {
  const text = tableOf([plainRow('memory', 'Foyer', figure, [atMost(26, 'bytes', 24.25), atMost(20, 'bytes', 24.25)])]);
  const line = text.split('\n').at(-1);
  expect(line).toContain('24.3 bytes');
  expect(line).toContain('(20.5–30.0)');
  expect(line).toMatch(/<= 26 bytes met, <= 20 bytes MISSED$/);
});

test('the verdict names every target that was missed', () => {
  const rows = [
    plainRow('a', 'one', figure, [ratioAtLeast(2, 2)]),
    plainRow('b', 'two', figure, [ratioAtLeast(2, 1.99), ratioAtMost(1.5, 1.5)]),
  ];
  expect(verdictOf(rows)).toBe('2 of 3 targets met\n  missed: b, two: >= 2x');
});

test('p99 must be below its limit, not at it', () => {
  expect(p99Below(12_000, 11_999)).toEqual({ text: 'p99 < 12 ms', met: true });
  expect(p99Below(3, 3)).toEqual({ text: 'p99 < 3 us', met: false });
});

test('durations take the unit that suits', () => {
  expect([0.5, 12.34, 1234, 2_500_000].map(duration)).toEqual(['500 ns', '12.3 us', '1.23 ms', '2.50 s']);
});
