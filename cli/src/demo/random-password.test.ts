import { expect, it } from 'vitest';
import { randomPassword } from './random-password.ts';

it('meets the rule for passwords every time, and never repeats itself', () => {
  const passwords = Array.from({ length: 500 }, randomPassword);
  for (const password of passwords) {
    expect(password).toMatch(/^[\w.+:=-]{20}$/);
    expect(password).toMatch(/[A-Z]/);
    expect(password).toMatch(/[a-z]/);
    expect(password).toMatch(/\d/);
    expect(password).toMatch(/[^A-Za-z0-9]/);
  }
  expect(new Set(passwords).size).toBe(500);
});
