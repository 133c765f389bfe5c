import type { ChunkList } from './chunk-list.ts';
import { KeyArena } from './key-arena.ts';
import { hashKey, hashShortKey } from './key-hash.ts';
import type { RecordArena } from './record-arena.ts';

/** The fields of a name's record that hold its key. */
export const keyFields = 3;
const firstField = 0;
const secondField = 1;
const lastField = 2;

/** A user id's key has 9 bytes; longer keys (devices, external ids, eids) lie in the arena. */
const longestShortKey = 11;
const lengthShift = 24;
/** In place of a short key's length: the record has the key's address and hash instead. */
const inArena = 0xff;

/**
 * The keys of names, in the first fields of their records: a short key lies there itself, so that comparing it costs no further
 * place in memory; of a long one there are its address, its hash and a mark. A short key is its bytes from the lowest
 * of the first word on, zeros behind them, and its length in the top byte of the last word.
 */
export class NameKeys {
  readonly #names: RecordArena;
  readonly #long: KeyArena;
  readonly #hashSeed: number;
  /** The key in hand. */
  #first = 0;
  #second = 0;
  #last = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** `names`: records that begin with `keyFields` words for the key. `hashSeed`: see key-hash.ts. */
  constructor(names: RecordArena, longKeys: ChunkList<Uint8Array>, hashSeed: number) {
    this.#names = names;
    this.#long = new KeyArena(longKeys);
    this.#hashSeed = hashSeed;
  }

  /** Bytes of long keys; short ones are part of the names' records. */
  get memoryBytes(): number {
    return this.#long.memoryBytes;
  }

  /** Takes a key in hand and answers its hash. The bytes must stay as they are while it is. */
  take(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > longestShortKey) {
      this.#bytes = bytes;
      this.#start = start;
      this.#end = end;
      this.#second = hashKey(bytes, start, end, this.#hashSeed);
      this.#last = inArena << lengthShift;
      return this.#second;
    }
    let first = 0;
    let second = 0;
    let last = length << lengthShift;
    if (length >= 8) {
      first = wordAt(bytes, start);
      second = wordAt(bytes, start + 4);
      for (let i = start + 8, shift = 0; i < end; i++, shift += 8) last |= (bytes[i] as number) << shift;
    } else {
      for (let i = start, shift = 0; i < end; i++, shift += 8) {
        if (shift < 32) first |= (bytes[i] as number) << shift;
        else second |= (bytes[i] as number) << (shift - 32);
      }
    }
    this.#first = first;
    this.#second = second;
    this.#last = last;
    return hashShortKey(first, second, last, this.#hashSeed);
  }

  /** Is the key in hand this name's? */
  isOf(name: number): boolean {
    const words = this.#names.chunkOf(name);
    const at = this.#names.offsetOf(name);
    if (((words[at + secondField] as number) | 0) !== this.#second || ((words[at + lastField] as number) | 0) !== this.#last) return false;
    if (this.#last >>> lengthShift !== inArena) return ((words[at + firstField] as number) | 0) === this.#first;
    return this.#long.equals(words[at + firstField] as number, this.#bytes, this.#start, this.#end);
  }

  /** Gives the key in hand to a name that has none. */
  giveTo(name: number): void {
    const isLong = this.#last >>> lengthShift === inArena;
    this.#names.set(name, firstField, isLong ? this.#long.add(this.#bytes, this.#start, this.#end) : this.#first);
    this.#names.set(name, secondField, this.#second);
    this.#names.set(name, lastField, this.#last);
  }

  /** Forgets a name's key, before its record is released. */
  remove(name: number): void {
    if (this.#lengthOf(name) === inArena) this.#long.remove(this.#names.get(name, firstField));
  }

  hashOf(name: number): number {
    const second = this.#names.get(name, secondField) | 0;
    const last = this.#names.get(name, lastField) | 0;
    if (last >>> lengthShift === inArena) return second;
    return hashShortKey(this.#names.get(name, firstField) | 0, second, last, this.#hashSeed);
  }

  /** A key's bytes; of a long one a view, valid until the key is removed. */
  bytesOf(name: number): Uint8Array {
    const length = this.#lengthOf(name);
    if (length === inArena) return this.#long.bytesOf(this.#names.get(name, firstField));
    const bytes = new Uint8Array(length);
    this.copy(name, bytes, 0);
    return bytes;
  }

  /** Writes a key's bytes at `to` and answers how many there are. */
  copy(name: number, into: Uint8Array, to: number): number {
    const length = this.#lengthOf(name);
    if (length === inArena) return this.#long.copy(this.#names.get(name, firstField), into, to);
    const words = this.#names.chunkOf(name);
    const at = this.#names.offsetOf(name);
    for (let i = 0; i < length; i++) into[to + i] = (words[at + (i >>> 2)] as number) >>> ((i & 3) * 8);
    return length;
  }

  /** The first byte of a key: the kind of identifier. */
  tagOf(name: number): number {
    const first = this.#names.get(name, firstField);
    return this.#lengthOf(name) === inArena ? this.#long.tagOf(first) : first & 0xff;
  }

  #lengthOf(name: number): number {
    return this.#names.get(name, lastField) >>> lengthShift;
  }
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
