/**
 * MurmurHash3 (32 bit) of bytes, as a signed number. Every bit of the key reaches every bit of the hash: sequential ids
 * collapsed a weaker one in the measurements. The seed is secret per process, so that nobody can choose ids that collide.
 */
export function hashKey(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed | 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const block =
      (bytes[i] as number) | ((bytes[i + 1] as number) << 8) | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24);
    hash = mixed(hash, block);
  }
  let tail = 0;
  for (let shift = 0; i < end; i++, shift += 8) tail |= (bytes[i] as number) << shift;
  hash ^= scrambled(tail) ^ (end - start);
  return finished(hash);
}

/** The same of a key that is three words: every bit of them counts. */
export function hashShortKey(first: number, second: number, last: number, seed: number): number {
  return finished(mixed(mixed(mixed(seed | 0, first), second), last));
}

function mixed(hash: number, block: number): number {
  const both = hash ^ scrambled(block);
  return (Math.imul((both << 13) | (both >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(hash: number): number {
  let spread = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  spread = Math.imul(spread ^ (spread >>> 13), 0xc2b2ae35);
  return spread ^ (spread >>> 16);
}

function scrambled(block: number): number {
  const first = Math.imul(block, 0xcc9e2d51);
  return Math.imul((first << 15) | (first >>> 17), 0x1b873593);
}
