import { isExternalKey } from '../../identifier-key.ts';
import { hashKey } from './key-hash.ts';

const memberBytes = 4;

/**
 * A key taken apart: its first byte (the tag), the member of an external id, and the bytes behind. The rest is held as words, from the
 * lowest byte on, zeros behind the last one, so that it is hashed, compared and copied several bytes at a time.
 */
export class NameKey {
  tag = 0;
  /** 0 where the key is no external id's. */
  member = 0;
  /** Length of the rest in bytes. */
  restBytes = 0;
  rest = new Int32Array(16);
  hash = 0;

  /** Takes the key between two places; throws RangeError for what is no key. */
  take(bytes: Uint8Array, start: number, end: number, seed: number): void {
    const tag = bytes[start] as number;
    let at = start + 1;
    this.tag = tag;
    this.member = 0;
    if (isExternalKey(tag)) {
      this.member = wordAt(bytes, at) >>> 0;
      at += memberBytes;
    }
    const restBytes = end - at;
    if (restBytes < 0) throw new RangeError(`a key cannot have ${end - start} bytes`);
    const words = this.#room(restBytes);
    let word = 0;
    for (; at + 4 <= end; at += 4) words[word++] = wordAt(bytes, at);
    if (at < end) {
      let last = 0;
      for (let shift = 0; at < end; at++, shift += 8) last |= (bytes[at] as number) << shift;
      words[word++] = last;
    }
    this.#finish(word, seed);
  }

  /** Takes a key whose rest lies in 16-bit halves. */
  takeHalves(tag: number, member: number, restBytes: number, halves: Uint16Array, at: number, seed: number): void {
    this.tag = tag;
    this.member = member;
    const words = this.#room(restBytes);
    const end = at + ((restBytes + 1) >>> 1);
    let word = 0;
    let from = at;
    for (; from + 2 <= end; from += 2) words[word++] = (halves[from] as number) | ((halves[from + 1] as number) << 16);
    if (from < end) words[word++] = halves[from] as number;
    this.#finish(word, seed);
  }

  #room(restBytes: number): Int32Array {
    this.restBytes = restBytes;
    const words = (restBytes + 3) >>> 2;
    if (words > this.rest.length) this.rest = new Int32Array(words * 2);
    return this.rest;
  }

  #finish(words: number, seed: number): void {
    this.hash = hashKey(this.tag | (this.restBytes << 8), this.member, this.rest, words, seed);
  }
}

/** Length of the whole key. */
export const keyBytes = (tag: number, restBytes: number): number => 1 + (isExternalKey(tag) ? memberBytes : 0) + restBytes;

/** Writes a key's tag and its member, where it has one, and answers how many bytes they took. */
export function writeKeyHead(tag: number, member: number, into: Uint8Array, at: number): number {
  into[at] = tag;
  if (!isExternalKey(tag)) return 1;
  for (let i = 0; i < memberBytes; i++) into[at + 1 + i] = member >>> (i * 8);
  return 1 + memberBytes;
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
