import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('does work of one name in its order, also behind work that failed', async () => {
  const turns = new Turns<string>();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.inTurn('a', async () => {
    await gate.promise;
    done.push('a1');
    throw new Error('a1 failed');
  });
  const second = turns.inTurn('a', async () => void done.push('a2'));
  await turns.inTurn('b', async () => void done.push('b'));
  expect(done).toEqual(['b']);
  gate.resolve();
  await expect(first).rejects.toThrow('a1 failed');
  await second;
  expect(await turns.inTurn('a', async () => done.length)).toBe(3);
  expect(done).toEqual(['b', 'a1', 'a2']);
});
