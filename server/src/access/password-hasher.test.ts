import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { Refusal } from '../kit/refusal.ts';
import { PasswordHasher } from './password-hasher.ts';

/** Made by the server before hashing had a thread of its own, of `Correct-horse-1`. */
const olderHash = '$argon2id$v=19$m=19456,t=2,p=1$2+uA70V1scUJyeiXwi3T/w$C4b63nrj3FyOUwEB4qCItAH7Mm4uQa8sAlS+pSFT43g';

const hasher = new PasswordHasher(4);
afterAll(() => hasher.close());

describe('a password', () => {
  it('fits the hash that was made of it and no other, and two hashes of it differ', async () => {
    const [one, other] = [await hasher.hash('Fresh-pass-1'), await hasher.hash('Fresh-pass-1')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(other).not.toBe(one);
    expect(await hasher.verify(one, 'Fresh-pass-1')).toBe(true);
    expect(await hasher.verify(one, 'Fresh-pass-2')).toBe(false);
  });
  it('fits hashes of earlier versions', async () => expect(await hasher.verify(olderHash, 'Correct-horse-1')).toBe(true));
  it('fits never where there is no account, not even the decoy’s own', async () => {
    expect(await hasher.verify(undefined, 'an account that does not exist')).toBe(false);
  });
});

it('a hash that cannot be read fails its own call and no other', async () => {
  await expect(hasher.verify('nonsense', 'a')).rejects.toThrow(/decoding/i);
  expect(await hasher.verify(olderHash, 'Correct-horse-1')).toBe(true);
});

it('more than may wait are turned away with 503 and told when to come again', async () => {
  const waiting = Array.from({ length: 6 }, () => hasher.verify(olderHash, 'a').catch((error: unknown) => error));
  const outcomes = await Promise.all(waiting);
  expect(outcomes.filter((outcome) => outcome === false)).toHaveLength(4);
  const refused = outcomes.filter((outcome) => outcome instanceof Refusal);
  expect(refused.map(({ kind, headers }) => [kind.status, headers])).toEqual(
    Array.from({ length: 2 }, () => [503, { 'retry-after': '1' }]),
  );
});

it('a thread that has ended is started again', async () => {
  const own = new PasswordHasher(1);
  expect(await own.verify(olderHash, 'Correct-horse-1')).toBe(true);
  await own.close();
  expect(await own.verify(olderHash, 'Correct-horse-1')).toBe(true);
  await own.close();
});

/** Niceness of all threads of this process. */
const nicenesses = (): number[] =>
  readdirSync('/proc/self/task').map((task) => Number(readFileSync(`/proc/self/task/${task}/stat`, 'utf8').split(') ')[1]?.split(' ')[16]));

it.runIf(platform() === 'linux')('one thread alone stands back behind the others', async () => {
  const before = nicenesses().filter((niceness) => niceness > 0).length;
  const own = new PasswordHasher(1);
  await own.hash('Fresh-pass-1');
  expect(nicenesses().filter((niceness) => niceness > 0)).toHaveLength(before + 1);
  await own.close();
});
