import { describe, expect, test } from 'vitest';
import { authorizationOf, checkAuth, type PeerAuth, shownText } from './peer-auth.ts';

const apiKey: PeerAuth = { type: 'APIKEY', apiKey: 'k3y/with+signs==' };
const basic: PeerAuth = { type: 'BASIC', username: 'ümit', password: 'pa"ss:wörd' };

test('each kind has its header', () => {
  expect([apiKey, basic, { type: 'NONE' } as const].map(authorizationOf)).toEqual([
    'Bearer k3y/with+signs==',
    `Basic ${Buffer.from('ümit:pa"ss:wörd').toString('base64')}`,
    null,
  ]);
});

test('values that no header can carry are told, without repeating them', () => {
  expect([apiKey, basic, { type: 'NONE' } as const].map(checkAuth)).toEqual([null, null, null]);
  for (const key of ['', 'a b', 'a\r\nX-Evil: 1', 'ключ', 'a\u0000'])
    expect(checkAuth({ type: 'APIKEY', apiKey: key })).toMatch(/^apiKey must/);
  for (const username of ['a:b', 'a\nb']) expect(checkAuth({ type: 'BASIC', username, password: 'p' })).toMatch(/^username must/);
});

describe('a text of an endpoint', () => {
  test('loses the credentials that it repeats, in every form', () => {
    const header = authorizationOf(basic) ?? '';
    for (const text of [
      `you sent ${header}!`,
      'password pa"ss:wörd',
      JSON.stringify({ password: 'pa"ss:wörd' }),
      `?p=${encodeURIComponent('pa"ss:wörd')}`,
    ]) {
      const shown = shownText(text, basic, 300);
      expect(shown).toContain('***');
      expect(shown).not.toMatch(/ss:w|ss%3A|w%C3|[A-Za-z0-9+/]{12,}=/);
    }
    expect(shownText('key k3y/with+signs== is unknown', apiKey, 300)).toBe('key *** is unknown');
  });

  test('loses a secret that was cut off at its end', () => {
    expect(shownText('unknown key k3y/with+si', apiKey, 300)).toBe('unknown key');
  });

  test('is one line, and short', () => {
    expect(shownText(' a\r\n\tb\u0000\u2028c ', { type: 'NONE' }, 300)).toBe('a b c');
    expect(shownText('x'.repeat(400), { type: 'NONE' }, 300)).toBe(`${'x'.repeat(300)}…`);
  });
});
