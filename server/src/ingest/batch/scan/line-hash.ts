/** Four words of a line's hash; three of them are kept. */
export class LineHash {
  a = 0;
  b = 0;
  c = 0;

  /**
   * Hashes bytes[start, end): MurmurHash3's 128 bits for 32-bit machines (public domain), of which 96 are given. Two of 100 million
   * different lines are taken for one with a chance of 1 to 10^13.
   */
  of(bytes: Uint8Array, start: number, end: number, seed: number): void {
    let h1 = seed;
    let h2 = seed;
    let h3 = seed;
    let h4 = seed;
    let at = start;
    for (const last = end - 16; at <= last; at += 16) {
      h1 = mixed(h1, word(bytes, at), c1, c2, 15, 19, h2, 0x561ccd1b);
      h2 = mixed(h2, word(bytes, at + 4), c2, c3, 16, 17, h3, 0x0bcaa747);
      h3 = mixed(h3, word(bytes, at + 8), c3, c4, 17, 15, h4, 0x96cd1c35);
      h4 = mixed(h4, word(bytes, at + 12), c4, c1, 18, 13, h1, 0x32ac3b17);
    }
    const rest = end - at;
    if (rest > 12) h4 ^= Math.imul(rotated(Math.imul(tail(bytes, at + 12, end), c4), 18), c1);
    if (rest > 8) h3 ^= Math.imul(rotated(Math.imul(tail(bytes, at + 8, end), c3), 17), c4);
    if (rest > 4) h2 ^= Math.imul(rotated(Math.imul(tail(bytes, at + 4, end), c2), 16), c3);
    if (rest > 0) h1 ^= Math.imul(rotated(Math.imul(tail(bytes, at, end), c1), 15), c2);
    const length = end - start;
    h1 ^= length;
    h2 ^= length;
    h3 ^= length;
    h4 ^= length;
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = finished((h2 + h1) | 0);
    h3 = finished((h3 + h1) | 0);
    h4 = finished((h4 + h1) | 0);
    h1 = (finished(h1) + h2 + h3 + h4) | 0;
    this.a = h1 >>> 0;
    this.b = (h2 + h1) >>> 0;
    this.c = (h3 + h1) >>> 0;
  }
}

const c1 = 0x239b961b;
const c2 = 0xab0e9789;
const c3 = 0x38b34ae5;
const c4 = 0xa1e38b93;

const rotated = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}

/** At most four bytes, as far as there are any. */
function tail(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = Math.min(end, at + 4) - 1; i >= at; i--) value = (value << 8) | (bytes[i] as number);
  return value;
}

function mixed(h: number, k: number, first: number, second: number, turn: number, turnAfter: number, next: number, plus: number): number {
  const hash = h ^ Math.imul(rotated(Math.imul(k, first), turn), second);
  return (Math.imul((rotated(hash, turnAfter) + next) | 0, 5) + plus) | 0;
}

function finished(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
