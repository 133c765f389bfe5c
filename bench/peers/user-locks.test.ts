import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserLocks } from './user-locks.ts';

test('reading and writing back loses nothing, whoever comes together', async () => {
  const calls = fc.array(fc.record({ users: fc.uniqueArray(fc.bigInt({ min: 0n, max: 4n }), { minLength: 1 }), ms: fc.nat({ max: 2 }) }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(calls, async (list) => {
      const locks = new UserLocks();
      const stored = new Map<bigint, number>();
      const increment = async ({ users, ms }: (typeof list)[number]): Promise<void> => {
        const read = users.map((user) => stored.get(user) ?? 0);
        await sleep(ms);
        for (const [i, user] of users.entries()) stored.set(user, (read[i] ?? 0) + 1);
      };
      await Promise.all(list.map((call) => locks.alone(call.users, () => increment(call))));
      for (const user of [0n, 1n, 2n, 3n, 4n]) expect(stored.get(user) ?? 0).toBe(list.filter(({ users }) => users.includes(user)).length);
      expect(locks.size).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('a call that fails lets the next one go on', async () => {
  const locks = new UserLocks();
  const failed = locks.alone([1n], () => Promise.reject(new Error('no')));
  const next = locks.alone([1n], () => Promise.resolve('done'));
  await expect(failed).rejects.toThrow('no');
  await expect(next).resolves.toBe('done');
  expect(locks.size).toBe(0);
});
