import { expect, it } from 'vitest';
import { groupedNumber, textTable } from './text-table.ts';

it('makes columns as wide as their widest cell, without blanks at the end of a line', () => {
  const lines = textTable(
    [{ title: 'id', align: 'right' }, { title: 'name' }],
    [
      ['1', 'Cars'],
      ['1200', 'B'],
    ],
  );
  expect(lines).toEqual(['  id  name', '   1  Cars', '1200  B']);
});

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [48842.4, '48,842'],
  [1234567, '1,234,567'],
])('%d is shown as %s', (value, text) => {
  expect(groupedNumber(value)).toBe(text);
});
