import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUserId, UserIdHalves } from './read-user-id.ts';
import { resolveUserId } from './resolve-user.ts';

const most = 2n ** 64n - 1n;
const halves = new UserIdHalves();

/** As `resolveUserId` answers: the id, or null where it is malformed. */
function read(text: string): bigint | null {
  const bytes = Buffer.from(`9${text}9`, 'latin1');
  return readUserId(bytes, 1, bytes.length - 1, halves) ? (BigInt(halves.high) << 32n) | BigInt(halves.low) : null;
}
function slowly(text: string): bigint | null {
  const resolved = resolveUserId(text);
  return typeof resolved !== 'string' && resolved.kind === 'user' ? resolved.id : null;
}

test('a user id in bytes is read as its text is resolved', () => {
  const ids = fc.oneof(
    fc.bigInt({ min: 0n, max: most }).map(String),
    fc.bigInt({ min: most - 1000n, max: most + 1000n }).map(String),
    fc.nat({ max: 20 }).chain((power) => fc.integer({ min: -2, max: 2 }).map((more) => String(10n ** BigInt(power) + BigInt(more)))),
    fc.nat({ max: 64 }).chain((power) => fc.integer({ min: -2, max: 2 }).map((more) => String(2n ** BigInt(power) + BigInt(more)))),
    fc.stringMatching(/^\d{0,22}$/),
    fc.stringMatching(/^[\x20-\x7e]{0,22}$/),
  );
  fc.assert(
    fc.property(ids, (text) => {
      expect(read(text)).toBe(slowly(text));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  '0',
  '',
  '1',
  '18446744073709551615',
  '18446744073709551616',
  '99999999999999999999',
  '100000000000000000000',
  '00000000000000000001',
  '-1',
])('the edge %j is read so too', (text) => expect(read(text)).toBe(slowly(text)));
