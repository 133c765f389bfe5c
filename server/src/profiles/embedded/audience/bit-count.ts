/**
 * How many bits of a word are set. As signed integers throughout: a sum that may pass 2^31 would be computed in floating point, six
 * times slower.
 */
export function bitsOf(word: number): number {
  let bits = word | 0;
  bits = (bits - ((bits >>> 1) & 0x5555_5555)) | 0;
  bits = ((bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333)) | 0;
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** How many bits of a bitmap are set. */
export function bitCount(bitmap: Uint32Array): number {
  const { length } = bitmap;
  let count = 0;
  for (let i = 0; i < length; i++) count = (count + bitsOf(bitmap[i] as number)) | 0;
  return count;
}
