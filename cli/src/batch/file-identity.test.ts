import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { digestOf, keyOf } from './file-identity.ts';

const request = { member: null, validateOnly: false };
const identity = { size: 5, mtimeMs: 1_700_000_000_000.25, digest: 'd' };

it('is the same key for the same file, member and end, and another one for any other', () => {
  const key = keyOf(request, identity);
  expect(keyOf({ ...request }, { ...identity })).toBe(key);
  expect(key).toMatch(/^[\x20-\x7e]{1,240}$/);
  const others = [
    keyOf({ ...request, member: 5 }, identity),
    keyOf({ ...request, validateOnly: true }, identity),
    keyOf(request, { ...identity, size: 6 }),
    keyOf(request, { ...identity, mtimeMs: 1_700_000_000_001 }),
    keyOf(request, { ...identity, digest: 'e' }),
  ];
  expect(new Set([key, ...others]).size).toBe(6);
});

it('reads all of the file, tells how far, and stops where it is told to', async () => {
  const file = new Blob(['a'.repeat(200_000), 'b']);
  const read: number[] = [];
  const digest = await digestOf(file, (bytes) => read.push(bytes), new AbortController().signal);
  expect(digest).toBe(
    createHash('sha256')
      .update(`${'a'.repeat(200_000)}b`)
      .digest('hex'),
  );
  expect(read.at(-1)).toBe(200_001);
  await expect(digestOf(file, () => undefined, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
