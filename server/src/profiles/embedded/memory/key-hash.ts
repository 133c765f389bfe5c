/**
 * MurmurHash3 (32 bit) of a key that is taken apart (name-key.ts), as a signed number. Every bit of the key reaches every bit
 * of the hash: sequential ids collapsed a weaker one in the measurements. The seed is secret per process, so that nobody can
 * choose ids that collide.
 */
export function hashKey(head: number, member: number, rest: Int32Array, words: number, seed: number): number {
  let hash = mixed(seed | 0, head);
  if (member !== 0) hash = mixed(hash, member | 0);
  for (let i = 0; i < words; i++) hash = mixed(hash, rest[i] as number);
  return finished(hash);
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
