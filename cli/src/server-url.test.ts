import { expect, it } from 'vitest';
import { normalServerUrl } from './server-url.ts';

it.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['HTTPS://Exchange.Example.com:443', 'https://exchange.example.com'],
  ['https://example.com/foyer/', 'https://example.com/foyer'],
])('%s is kept as %s', (given, normal) => {
  expect(normalServerUrl(given)).toBe(normal);
});

it.each(['127.0.0.1:8080', 'localhost:8080', 'ftp://x', 'nonsense', 'http://anna:secret@x'])('%s is refused', (given) => {
  expect(() => normalServerUrl(given)).toThrow(/looks like|foyer login/);
});

it('does not repeat a password in its refusal', () => {
  expect(() => normalServerUrl('http://anna:secret@x')).toThrow(/^(?!.*secret)/);
});
