import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fold } from './fold.ts';

describe('fold makes text equal that differs in case alone', () => {
  it.each([
    ['Abc', 'aBC'],
    ['É', 'é'],
    ['É', 'e\u0301'],
    ['Straße', 'STRASSE'],
    ['ẞ', 'ß'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['İ', 'i\u0307'],
    ['ﬁx', 'FIX'],
    ['Ǆ', 'ǆ'],
    ['𐐀', '𐐨'],
  ])('%s and %s', (one, other) => expect(fold(one)).toBe(fold(other)));
});

describe('fold keeps apart what is different', () => {
  it.each([
    ['e', 'é'],
    ['I', 'ı\u0300'],
    ['İ', 'i'],
    ['a%', 'a_'],
    ['', ' '],
  ])('%s and %s', (one, other) => expect(fold(one)).not.toBe(fold(other)));
});

test('a final sigma folds like any other, so a folded text contains the folded part of it', () => {
  expect(fold('ΟΔΟΣ 5')).toContain(fold('ΟΔΟΣ'));
});

test('what is folded stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(fold(fold(text))).toBe(fold(text));
    }),
    { numRuns: 2000 },
  );
});
