import { ChunkList } from './chunk-list.ts';
import type { NameKeys } from './name-keys.ts';
import { indexStripes, type ReadVersions } from './read-versions.ts';
import { RecordArena } from './record-arena.ts';
import { newWords } from './shared-words.ts';

const bucketWords = 16;
const namesPerBucket = 12;
const fingerprintWord = namesPerBucket;
const overflowWord = 15;
const chunkShift = 14;
const bucketsPerChunk = 1 << chunkShift;
const chunkMask = bucketsPerChunk - 1;
/** Names per bucket on average. More saves memory and costs overflow buckets at the end of each doubling. */
const namesPerBucketWanted = 8;

/** Words of an index's state, which readers in other threads need too. */
export const indexStateWords = 2;
const bucketCountAt = 0;
const lowMaskAt = 1;

export interface NameIndexPlace {
  readonly buckets: ChunkList;
  readonly overflow: RecordArena;
  readonly state: Uint32Array;
}

/**
 * Finds a name by its key: linear hashing. One bucket is split at a time, so growing costs the same small step at any size
 * and never a stall. A bucket is one cache line: 12 name numbers, a fingerprint byte for each, and the number of an overflow
 * bucket. Names lie without gaps from the front of a chain; a fingerprint that agrees is always checked against the key.
 */
export class NameIndex {
  readonly #keys: NameKeys;
  readonly #versions: ReadVersions;
  readonly #list: ChunkList;
  readonly #words: Uint32Array[];
  readonly #overflow: RecordArena;
  readonly #state: Uint32Array;
  #nameCount = 0;
  /** Where the bucket in hand begins in its chunk: set by #enter and #enterOverflow. */
  #base = 0;

  constructor(keys: NameKeys, versions: ReadVersions, place = NameIndex.place()) {
    this.#keys = keys;
    this.#versions = versions;
    this.#list = place.buckets;
    this.#words = place.buckets.views;
    this.#overflow = place.overflow;
    this.#state = place.state;
    if (this.#bucketCount > 0) return;
    // From the start on as many buckets as versions: a split never leaves the stripe of its hash.
    this.#state[lowMaskAt] = indexStripes - 1;
    while (this.#bucketCount <= this.#lowMask) this.#addBucket();
  }

  /** Where an index lies: in a place that other threads were given, it can be read there. */
  static place(overflow = new RecordArena(bucketWords), state: Uint32Array = newWords(indexStateWords)): NameIndexPlace {
    return { buckets: ChunkList.ofWords(bucketsPerChunk * bucketWords), overflow, state };
  }
  static readonly bucketWords = bucketWords;
  static overflowChunks(): ChunkList {
    return RecordArena.chunks(bucketWords);
  }

  get memoryBytes(): number {
    return this.#list.bytes + this.#overflow.memoryBytes;
  }

  /** The name that has the key in hand, whose hash this is; or 0. */
  find(hash: number): number {
    const fingerprint = hash >>> 24;
    let words = this.#enter(hash);
    for (;;) {
      const base = this.#base;
      for (let i = 0; i < namesPerBucket; i++) {
        const name = words[base + i] as number;
        if (name === 0) return 0;
        const found = ((words[base + fingerprintWord + (i >>> 2)] as number) >>> ((i & 3) * 8)) & 0xff;
        if (found === fingerprint && this.#keys.isOf(name)) return name;
      }
      const next = words[base + overflowWord] as number;
      if (next === 0) return 0;
      words = this.#enterOverflow(next);
    }
  }

  /** The name must not be there yet; `hash` is its key's. */
  insert(name: number, hash: number): void {
    this.#versions.openIndex(hash);
    this.#append(name, hash);
    this.#nameCount += 1;
    if (this.#nameCount > this.#bucketCount * namesPerBucketWanted) this.#split();
  }

  /** Buckets for so many names at once, for an index without names: spares the work of splitting them one by one. */
  reserve(names: number): void {
    if (this.#nameCount > 0) return;
    const buckets = Math.min(Math.floor(names / namesPerBucketWanted), 2 ** 30);
    while (this.#bucketCount < buckets) {
      this.#addBucket();
      if (this.#bucketCount === (this.#lowMask + 1) * 2) this.#state[lowMaskAt] = this.#lowMask * 2 + 1;
    }
  }

  /** The name must be there, and it must still have its key. */
  remove(name: number): void {
    const hash = this.#keys.hashOf(name);
    this.#versions.openIndex(hash);
    const chain = this.#takeChain(hash);
    for (const other of chain) if (other !== name) this.#append(other, this.#keys.hashOf(other));
    this.#nameCount -= 1;
  }

  get #bucketCount(): number {
    return this.#state[bucketCountAt] as number;
  }
  /** Buckets at the beginning of this doubling, minus one. */
  get #lowMask(): number {
    return this.#state[lowMaskAt] as number;
  }

  #split(): void {
    const from = this.#bucketCount - (this.#lowMask + 1);
    this.#versions.openIndex(from);
    const chain = this.#takeChain(from);
    this.#addBucket();
    for (const name of chain) this.#append(name, this.#keys.hashOf(name));
    if (this.#bucketCount === (this.#lowMask + 1) * 2) this.#state[lowMaskAt] = this.#lowMask * 2 + 1;
  }

  #addBucket(): void {
    if (this.#bucketCount >>> chunkShift >= this.#words.length) {
      this.#list.add();
    }
    this.#state[bucketCountAt] = this.#bucketCount + 1;
  }

  /** Puts the bucket of a hash in hand. */
  #enter(hash: number): Uint32Array {
    let bucket = hash & (this.#lowMask * 2 + 1);
    if (bucket < 0 || bucket >= this.#bucketCount) bucket = hash & this.#lowMask;
    this.#base = (bucket & chunkMask) * bucketWords;
    return this.#words[bucket >>> chunkShift] as Uint32Array;
  }

  #enterOverflow(bucket: number): Uint32Array {
    this.#base = this.#overflow.offsetOf(bucket);
    return this.#overflow.chunkOf(bucket);
  }

  #append(name: number, hash: number): void {
    let words = this.#enter(hash);
    for (;;) {
      const base = this.#base;
      for (let i = 0; i < namesPerBucket; i++) {
        if (words[base + i] !== 0) continue;
        words[base + i] = name;
        const at = base + fingerprintWord + (i >>> 2);
        const shift = (i & 3) * 8;
        words[at] = ((words[at] as number) & ~(0xff << shift)) | ((hash >>> 24) << shift);
        return;
      }
      let next = words[base + overflowWord] as number;
      if (next === 0) {
        next = this.#overflow.allocate();
        words[base + overflowWord] = next;
      }
      words = this.#enterOverflow(next);
    }
  }

  /** All names of a chain, which is left empty. */
  #takeChain(hash: number): number[] {
    const names: number[] = [];
    let words = this.#enter(hash);
    let overflow = 0;
    for (;;) {
      const base = this.#base;
      for (let i = 0; i < namesPerBucket; i++) if (words[base + i] !== 0) names.push(words[base + i] as number);
      const next = words[base + overflowWord] as number;
      words.fill(0, base, base + bucketWords);
      if (overflow !== 0) this.#overflow.release(overflow);
      if (next === 0) return names;
      overflow = next;
      words = this.#enterOverflow(next);
    }
  }
}
