import { ChunkList } from './chunk-list.ts';
import { indexStripes, type ReadVersions } from './read-versions.ts';
import { RecordArena } from './record-arena.ts';
import { newWords } from './shared-words.ts';

const bucketWords = 16;
const namesPerBucket = 12;
const fingerprintWord = namesPerBucket;
const fingerprintWords = 3;
/** The number of an overflow bucket, and in the highest bit of a bucket's: a name of it may lie in its other bucket. */
const overflowWord = 15;
const overflowMask = 0x7fff_ffff;
const elsewhereBit = 0x8000_0000 | 0;
const chunkShift = 14;
const bucketsPerChunk = 1 << chunkShift;
const chunkMask = bucketsPerChunk - 1;
/** Names per bucket on average. More saves memory and costs moves, and overflow buckets in the middle of each doubling. */
const namesPerBucketWanted = 9;
const everyByte = 0x0101_0101;
const highBits = 0x8080_8080 | 0;
/** Takes what is read ahead: the compiler leaves out a read that nothing comes of. */
const readAhead = new Uint32Array(1);

/** Words of an index's state, which readers in other threads need too. */
export const indexStateWords = 2;
const bucketCountAt = 0;
const lowMaskAt = 1;

/** What the index asks of names: is the key in hand this one's, and which hash has it? */
export interface IndexedNames {
  isOf(name: number): boolean;
  hashOf(name: number): number;
  /** Any word of it: reading ahead. */
  touch(name: number): number;
}

export interface NameIndexPlace {
  readonly buckets: ChunkList;
  readonly overflow: RecordArena;
  readonly state: Uint32Array;
}

/**
 * Finds a name by its key: linear hashing with two buckets for each name. One bucket is split at a time, so growing costs the same small
 * step at any size and never a stall. A bucket is one cache line: 12 name numbers, a fingerprint byte for each, and the number of an
 * overflow bucket.
 *
 * A name lies in the bucket of its hash; where that is full, in that of its other hash; where both are, a name that lies in one of them
 * makes room by going to its own other one (docs/decisions/0032). Only where none can, it lies in the overflow of its first bucket, which has a bit that says whether any of its names may lie elsewhere. Both hashes agree
 * in the bits that choose a version, so whatever moves stays in its stripe. Names lie without gaps from the front of a chain; a fingerprint
 * that agrees is always checked against the key.
 */
export class NameIndex {
  readonly #names: IndexedNames;
  readonly #versions: ReadVersions;
  readonly #list: ChunkList;
  readonly #words: Uint32Array[];
  readonly #overflow: RecordArena;
  readonly #state: Uint32Array;
  #nameCount = 0;
  /** Writer: the line in hand, where it begins in its chunk, and the slot in hand. */
  #line: Uint32Array = new Uint32Array(0);
  #base = 0;
  #slot = 0;

  constructor(names: IndexedNames, versions: ReadVersions, place = NameIndex.place()) {
    this.#names = names;
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
    const first = this.#bucketOf(hash);
    const words = this.#words[first >>> chunkShift] as Uint32Array;
    const base = (first & chunkMask) * bucketWords;
    const name = this.#search(words, base, fingerprint);
    const link = words[base + overflowWord] as number;
    return name !== 0 || link === 0 ? name : this.#findBehind(link, hash);
  }

  /** Looks where a name is that its first bucket had no room for. */
  #findBehind(link: number, hash: number): number {
    const fingerprint = hash >>> 24;
    const second = this.#bucketOf(otherHash(hash));
    let found = this.#search(this.#words[second >>> chunkShift] as Uint32Array, (second & chunkMask) * bucketWords, fingerprint);
    for (let next = link & overflowMask; next !== 0 && found === 0;) {
      const overflow = this.#overflow.chunkOf(next);
      const at = this.#overflow.offsetOf(next);
      found = this.#search(overflow, at, fingerprint);
      next = overflow[at + overflowWord] as number;
    }
    return found;
  }

  /** The name must not be there yet; `hash` is its key's. */
  insert(name: number, hash: number): void {
    this.#versions.openIndex(hash);
    this.#put(name, hash);
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

  /** The name must be there; `hash` is its key's. The last one of its chain takes its place. */
  remove(name: number, hash: number): void {
    this.#versions.openIndex(hash);
    const bucket = this.#goTo(name, hash);
    const words = this.#line;
    const base = this.#base;
    const slot = this.#slot;
    const last = this.#goToLast(bucket);
    const lastName = this.#line[this.#base + this.#slot] as number;
    setSlot(words, base, slot, lastName, fingerprintAt(this.#line, this.#base, this.#slot));
    this.#line[this.#base + this.#slot] = 0;
    if (last !== 0 && this.#slot === 0) this.#endChainBefore(bucket, last);
    this.#nameCount -= 1;
  }

  /** Another name has the key from now on. */
  replace(name: number, by: number, hash: number): void {
    this.#versions.openIndex(hash);
    this.#goTo(name, hash);
    this.#line[this.#base + this.#slot] = by;
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
    this.#goToBucket(from);
    const elsewhere = (this.#line[this.#base + overflowWord] as number) > overflowMask;
    const names = this.#takeChain(from);
    this.#readAhead(names);
    const others: number[] = [];
    const firsts: number[] = [];
    for (const name of names) {
      const hash = this.#names.hashOf(name);
      (this.#bucketOf(hash) === from ? firsts : others).push(name, hash);
    }
    this.#addBucket();
    if (elsewhere) {
      this.#markElsewhere(from);
      this.#markElsewhere(this.#bucketCount - 1);
    }
    // Those that lie here by their other hash come first: they must not come into an overflow, and are no more than a bucket holds.
    this.#appendAll(others, otherHash);
    this.#appendAll(firsts, (hash) => hash);
    if (this.#bucketCount === (this.#lowMask + 1) * 2) this.#state[lowMaskAt] = this.#lowMask * 2 + 1;
  }

  /** @param names and hashes by turns */
  #appendAll(names: readonly number[], placedBy: (hash: number) => number): void {
    for (let i = 0; i < names.length; i += 2) {
      const hash = names[i + 1] as number;
      this.#append(this.#bucketOf(placedBy(hash)), names[i] as number, hash >>> 24);
    }
  }

  /** Asks for all names at once, so that memory is waited for once and not name after name. */
  #readAhead(names: readonly number[]): void {
    let ahead = 0;
    for (const name of names) ahead ^= this.#names.touch(name);
    readAhead[0] = ahead;
  }

  #addBucket(): void {
    if (this.#bucketCount >>> chunkShift >= this.#words.length) {
      this.#list.add();
    }
    this.#state[bucketCountAt] = this.#bucketCount + 1;
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#lowMask * 2 + 1);
    return bucket < 0 || bucket >= this.#bucketCount ? hash & this.#lowMask : bucket;
  }

  /** The name in a line that has the key in hand, or 0. Four fingerprints are compared at once: a byte that is none sets its high bit. */
  #search(words: Uint32Array, base: number, fingerprint: number): number {
    const wanted = Math.imul(fingerprint, everyByte);
    for (let word = 0; word < fingerprintWords; word++) {
      const apart = (words[base + fingerprintWord + word] as number) ^ wanted;
      for (let equal = (apart - everyByte) & ~apart & highBits; equal !== 0; equal &= equal - 1) {
        const slot = word * 4 + ((31 - Math.clz32(equal & -equal)) >>> 3);
        const name = words[base + slot] as number;
        if (name !== 0 && this.#names.isOf(name)) return name;
      }
    }
    return 0;
  }

  #goToBucket(bucket: number): void {
    this.#line = this.#words[bucket >>> chunkShift] as Uint32Array;
    this.#base = (bucket & chunkMask) * bucketWords;
  }
  /** The overflow of the line in hand is in hand then; answers its number, or 0 where there is none. */
  #goToOverflow(): number {
    const next = (this.#line[this.#base + overflowWord] as number) & overflowMask;
    if (next === 0) return 0;
    this.#line = this.#overflow.chunkOf(next);
    this.#base = this.#overflow.offsetOf(next);
    return next;
  }

  /** Puts the slot of a name in hand and answers its bucket. */
  #goTo(name: number, hash: number): number {
    for (const bucket of [this.#bucketOf(hash), this.#bucketOf(otherHash(hash))]) {
      this.#goToBucket(bucket);
      do {
        for (let slot = 0; slot < namesPerBucket; slot++) {
          this.#slot = slot;
          if (this.#line[this.#base + slot] === name) return bucket;
        }
      } while (this.#goToOverflow() !== 0);
    }
    throw new Error('a name is not in the index');
  }

  /** Puts the last slot of a bucket that has names in hand. Answers the overflow in which it lies, or 0. */
  #goToLast(bucket: number): number {
    this.#goToBucket(bucket);
    let overflow = 0;
    for (let next = this.#goToOverflow(); next !== 0; next = this.#goToOverflow()) overflow = next;
    const free = freeSlot(this.#line, this.#base);
    this.#slot = (free < 0 ? namesPerBucket : free) - 1;
    return overflow;
  }

  /** Frees the last overflow of a bucket, which is empty. */
  #endChainBefore(bucket: number, last: number): void {
    this.#goToBucket(bucket);
    while (((this.#line[this.#base + overflowWord] as number) & overflowMask) !== last) this.#goToOverflow();
    this.#line[this.#base + overflowWord] = (this.#line[this.#base + overflowWord] as number) & elsewhereBit;
    this.#overflow.release(last);
  }

  /** Finds a name its place. */
  #put(name: number, hash: number): void {
    const first = this.#bucketOf(hash);
    const fingerprint = hash >>> 24;
    if (this.#putIn(first, name, fingerprint)) return;
    const second = this.#bucketOf(otherHash(hash));
    if (second !== first && this.#putIn(second, name, fingerprint)) {
      this.#markElsewhere(first);
      return;
    }
    for (const bucket of second === first ? [first] : [first, second]) {
      const slot = this.#moveOneFrom(bucket);
      if (slot < 0) continue;
      this.#goToBucket(bucket);
      setSlot(this.#line, this.#base, slot, name, fingerprint);
      if (bucket !== first) this.#markElsewhere(first);
      return;
    }
    this.#append(first, name, fingerprint);
  }

  /** False where the bucket is full. */
  #putIn(bucket: number, name: number, fingerprint: number): boolean {
    this.#goToBucket(bucket);
    const slot = freeSlot(this.#line, this.#base);
    if (slot < 0) return false;
    setSlot(this.#line, this.#base, slot, name, fingerprint);
    return true;
  }

  #markElsewhere(bucket: number): void {
    this.#goToBucket(bucket);
    this.#line[this.#base + overflowWord] = (this.#line[this.#base + overflowWord] as number) | elsewhereBit;
  }

  /** Moves a name of a full bucket to its other one. Answers the slot where it was, or -1 where none can be moved. */
  #moveOneFrom(bucket: number): number {
    for (let slot = 0; slot < namesPerBucket; slot++) {
      this.#goToBucket(bucket);
      const name = this.#line[this.#base + slot] as number;
      const hash = this.#names.hashOf(name);
      const first = this.#bucketOf(hash);
      const other = first === bucket ? this.#bucketOf(otherHash(hash)) : first;
      if (other === bucket || !this.#putIn(other, name, hash >>> 24)) continue;
      if (first === bucket) this.#markElsewhere(bucket);
      return slot;
    }
    return -1;
  }

  /** Puts a name behind all others of a bucket's chain. */
  #append(bucket: number, name: number, fingerprint: number): void {
    this.#goToBucket(bucket);
    while (this.#goToOverflow() !== 0);
    let slot = freeSlot(this.#line, this.#base);
    if (slot < 0) {
      slot = 0;
      this.#line[this.#base + overflowWord] = (this.#line[this.#base + overflowWord] as number) | this.#overflow.allocate();
      this.#goToOverflow();
    }
    setSlot(this.#line, this.#base, slot, name, fingerprint);
  }

  /** All names of a bucket, which is left empty. */
  #takeChain(bucket: number): number[] {
    const names: number[] = [];
    this.#goToBucket(bucket);
    for (let overflow = 0; ;) {
      const line = this.#line;
      const base = this.#base;
      for (let slot = 0; slot < namesPerBucket; slot++) if (line[base + slot] !== 0) names.push(line[base + slot] as number);
      const next = this.#goToOverflow();
      line.fill(0, base, base + bucketWords);
      if (overflow !== 0) this.#overflow.release(overflow);
      if (next === 0) return names;
      overflow = next;
    }
  }
}

/** The other hash of a key, by its first one: the bits below those of a stripe are the same, the others mixed anew. */
function otherHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash & (indexStripes - 1)) | ((mixed ^ (mixed >>> 12)) & -indexStripes);
}

function freeSlot(words: Uint32Array, base: number): number {
  for (let slot = 0; slot < namesPerBucket; slot++) if (words[base + slot] === 0) return slot;
  return -1;
}

const fingerprintAt = (words: Uint32Array, base: number, slot: number): number =>
  ((words[base + fingerprintWord + (slot >>> 2)] as number) >>> ((slot & 3) * 8)) & 0xff;

function setSlot(words: Uint32Array, base: number, slot: number, name: number, fingerprint: number): void {
  words[base + slot] = name;
  const at = base + fingerprintWord + (slot >>> 2);
  const shift = (slot & 3) * 8;
  words[at] = ((words[at] as number) & ~(0xff << shift)) | (fingerprint << shift);
}
