import { describe, expect, it } from 'vitest';
import { isStrongPassword, roleOf } from './account.ts';

describe('a password', () => {
  it.each(['Abcdefgh1!', 'Abcdefgh1 ', 'ÄbcdefghA1', `Aa1-${'x'.repeat(60)}`, 'Aa1𝒳𝒳𝒳𝒳𝒳𝒳𝒳'])('%s is strong', (password) => {
    expect(isStrongPassword(password)).toBe(true);
  });
  it.each([
    ['Abcdefg1!', 'short'],
    [`Aa1-${'x'.repeat(61)}`, 'long'],
    ['abcdefgh1!', 'without a capital'],
    ['ABCDEFGH1!', 'without a small letter'],
    ['Abcdefghi!', 'without a digit'],
    ['Abcdefgh12', 'without another character'],
    ['ÄÖÜäöüab1!', 'with capitals beyond A–Z only'],
    ['', 'empty'],
  ])('%s is too weak: %s', (password) => expect(isStrongPassword(password)).toBe(false));
});

it.each([
  ['admin', false, 'admin'],
  ['admin', true, 'admin'],
  ['member', false, 'member'],
  ['member', true, 'viewer'],
  ['bidder', true, 'viewer'],
] as const)('an account of the type %s, read-only %s, has the role %s', (type, readOnly, role) =>
  expect(roleOf(type, readOnly)).toBe(role),
);
