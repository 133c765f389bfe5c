import { bitsOf } from './bit-count.ts';
import { type ChunkArena, largestClass } from './chunk-arena.ts';

/** Ordinals of a chunk. */
export const chunkShift = 16;
export const usersPerChunk = 1 << chunkShift;
/** Words of a chunk as a bitmap. */
export const bitmapWords = usersPerChunk >>> 5;
/** A sorted array holds so many at most; with one more it becomes a bitmap, which has the same size then. */
export const mostInArray = 4096;
/** A bitmap becomes an array again below this, so that a set at the border does not change its form with every flip. */
const fewestInBitmap = 3072;

/** Fields of a chunk: its room, and its shape: the cardinality in 17 bits, then the class of the room, then the form. */
const fields = 2;
const cardinalityMask = (1 << 17) - 1;
const classShift = 17;
const classMask = 31;
const bitmapBit = 1 << 22;

/**
 * A set of user ordinals in chunks of 65,536: a sorted array of 16-bit ordinals where a chunk has few of them, a bitmap where it has
 * more than 4,096. An empty chunk takes 8 bytes.
 */
export class AudienceSet {
  readonly #arena: ChunkArena;
  #chunks = new Uint32Array(0);
  #cardinality = 0;

  constructor(arena: ChunkArena) {
    this.#arena = arena;
  }

  get cardinality(): number {
    return this.#cardinality;
  }
  /** Bytes beside the rooms in the arena. */
  get ownBytes(): number {
    return this.#chunks.length * 4;
  }

  /** One behind the last chunk that can have users. */
  get chunkCount(): number {
    return this.#chunks.length / fields;
  }

  cardinalityOf(chunk: number): number {
    const at = chunk * fields;
    return at < this.#chunks.length ? (this.#chunks[at + 1] as number) & cardinalityMask : 0;
  }

  has(user: number): boolean {
    const at = (user >>> chunkShift) * fields;
    if (at >= this.#chunks.length) return false;
    const shape = this.#chunks[at + 1] as number;
    const count = shape & cardinalityMask;
    if (count === 0) return false;
    const address = this.#chunks[at] as number;
    const ordinal = user & (usersPerChunk - 1);
    if ((shape & bitmapBit) !== 0) {
      const word = this.#arena.wordsOf(address)[this.#arena.wordOffsetOf(address) + (ordinal >>> 5)] as number;
      return ((word >>> (ordinal & 31)) & 1) === 1;
    }
    const halves = this.#arena.halvesOf(address);
    const start = this.#arena.halfOffsetOf(address);
    const place = placeOf(halves, start, count, ordinal);
    return place < start + count && halves[place] === ordinal;
  }

  /** Changes nothing where the user is in it already. */
  add(user: number): void {
    const at = (user >>> chunkShift) * fields;
    if (at >= this.#chunks.length) this.#grow(at + fields);
    const shape = this.#chunks[at + 1] as number;
    const ordinal = user & (usersPerChunk - 1);
    if ((shape & bitmapBit) !== 0) this.#addToBitmap(at, shape, ordinal);
    else this.#addToArray(at, shape, ordinal);
  }

  /** Changes nothing where the user is not in it. */
  remove(user: number): void {
    const at = (user >>> chunkShift) * fields;
    if (at >= this.#chunks.length) return;
    const shape = this.#chunks[at + 1] as number;
    const count = shape & cardinalityMask;
    if (count === 0) return;
    const ordinal = user & (usersPerChunk - 1);
    const address = this.#chunks[at] as number;
    if ((shape & bitmapBit) !== 0) {
      const words = this.#arena.wordsOf(address);
      const word = this.#arena.wordOffsetOf(address) + (ordinal >>> 5);
      const bit = 1 << (ordinal & 31);
      if (((words[word] as number) & bit) === 0) return;
      words[word] = (words[word] as number) & ~bit;
    } else {
      const halves = this.#arena.halvesOf(address);
      const start = this.#arena.halfOffsetOf(address);
      const place = placeOf(halves, start, count, ordinal);
      if (place === start + count || halves[place] !== ordinal) return;
      halves.copyWithin(place, place + 1, start + count);
    }
    this.#cardinality -= 1;
    this.#chunks[at + 1] = shape - 1;
    if (count === 1) this.#free(at);
    else if ((shape & bitmapBit) !== 0 && count - 1 < fewestInBitmap) this.#toArray(at);
  }

  /** Fills a chunk that is empty with `ordinals[start..end)`, which are sorted and differ. */
  fill(chunk: number, ordinals: Uint16Array, start: number, end: number): void {
    const count = end - start;
    if (count === 0) return;
    const at = chunk * fields;
    if (at >= this.#chunks.length) this.#grow(at + fields);
    const isBitmap = count > mostInArray;
    const sizeClass = isBitmap ? largestClass : this.#arena.classFor(count);
    const address = this.#arena.allocate(sizeClass);
    if (isBitmap) {
      const words = this.#arena.wordsOf(address);
      const offset = this.#arena.wordOffsetOf(address);
      words.fill(0, offset, offset + bitmapWords);
      setBits(words, offset, ordinals, start, end);
    } else {
      const halves = this.#arena.halvesOf(address);
      const offset = this.#arena.halfOffsetOf(address);
      for (let i = 0; i < count; i++) halves[offset + i] = ordinals[start + i] as number;
    }
    this.#chunks[at] = address;
    this.#chunks[at + 1] = count | (sizeClass << classShift) | (isBitmap ? bitmapBit : 0);
    this.#cardinality += count;
  }

  /** Writes a chunk as a bitmap. */
  copyInto(chunk: number, bitmap: Uint32Array): void {
    const at = chunk * fields;
    const shape = at < this.#chunks.length ? (this.#chunks[at + 1] as number) : 0;
    if ((shape & bitmapBit) !== 0) {
      const address = this.#chunks[at] as number;
      const offset = this.#arena.wordOffsetOf(address);
      bitmap.set(this.#arena.wordsOf(address).subarray(offset, offset + bitmapWords));
      return;
    }
    bitmap.fill(0);
    this.orInto(chunk, bitmap);
  }

  /** Adds a chunk's ordinals to a bitmap. */
  orInto(chunk: number, bitmap: Uint32Array): void {
    const at = chunk * fields;
    const shape = at < this.#chunks.length ? (this.#chunks[at + 1] as number) : 0;
    const count = shape & cardinalityMask;
    if (count === 0) return;
    const address = this.#chunks[at] as number;
    if ((shape & bitmapBit) === 0) {
      const start = this.#arena.halfOffsetOf(address);
      setBits(bitmap, 0, this.#arena.halvesOf(address), start, start + count);
      return;
    }
    const words = this.#arena.wordsOf(address);
    const offset = this.#arena.wordOffsetOf(address);
    for (let i = 0; i < bitmapWords; i++) bitmap[i] = (bitmap[i] as number) | (words[offset + i] as number);
  }

  /** Writes a chunk's ordinals, ascending, and answers how many they are. `into` has room for all of a chunk. */
  list(chunk: number, into: Uint16Array): number {
    const at = chunk * fields;
    const shape = at < this.#chunks.length ? (this.#chunks[at + 1] as number) : 0;
    const count = shape & cardinalityMask;
    if (count === 0) return 0;
    const address = this.#chunks[at] as number;
    if ((shape & bitmapBit) !== 0) return listBits(this.#arena.wordsOf(address), this.#arena.wordOffsetOf(address), into, 0);
    const start = this.#arena.halfOffsetOf(address);
    into.set(this.#arena.halvesOf(address).subarray(start, start + count));
    return count;
  }

  /** Leaves in a bitmap what is in the chunk too. `spare` is a bitmap that may be written over. */
  andInto(chunk: number, bitmap: Uint32Array, spare: Uint32Array): void {
    const at = chunk * fields;
    const shape = at < this.#chunks.length ? (this.#chunks[at + 1] as number) : 0;
    const address = this.#chunks[at] as number;
    if ((shape & bitmapBit) !== 0) {
      const words = this.#arena.wordsOf(address);
      const offset = this.#arena.wordOffsetOf(address);
      for (let i = 0; i < bitmapWords; i++) bitmap[i] = (bitmap[i] as number) & (words[offset + i] as number);
      return;
    }
    spare.fill(0);
    const count = shape & cardinalityMask;
    if (count > 0) {
      const halves = this.#arena.halvesOf(address);
      const start = this.#arena.halfOffsetOf(address);
      for (let i = start; i < start + count; i++) {
        const ordinal = halves[i] as number;
        const word = ordinal >>> 5;
        spare[word] = (spare[word] as number) | ((bitmap[word] as number) & (1 << (ordinal & 31)));
      }
    }
    bitmap.set(spare);
  }

  /** How many ordinals of a chunk are in another set too, where both have it as a bitmap; else -1. */
  sharedBits(chunk: number, other: AudienceSet): number {
    const at = chunk * fields;
    if (at >= this.#chunks.length || at >= other.#chunks.length) return -1;
    if (((this.#chunks[at + 1] as number) & (other.#chunks[at + 1] as number) & bitmapBit) === 0) return -1;
    const [mine, theirs] = [this.#chunks[at] as number, other.#chunks[at] as number];
    const words = this.#arena.wordsOf(mine);
    const others = other.#arena.wordsOf(theirs);
    const offset = this.#arena.wordOffsetOf(mine);
    const otherOffset = other.#arena.wordOffsetOf(theirs);
    let count = 0;
    for (let i = 0; i < bitmapWords; i++) count = (count + bitsOf((words[offset + i] as number) & (others[otherOffset + i] as number))) | 0;
    return count;
  }

  /** Takes a chunk's ordinals out of a bitmap. */
  andNotInto(chunk: number, bitmap: Uint32Array): void {
    const at = chunk * fields;
    const shape = at < this.#chunks.length ? (this.#chunks[at + 1] as number) : 0;
    const count = shape & cardinalityMask;
    if (count === 0) return;
    const address = this.#chunks[at] as number;
    if ((shape & bitmapBit) !== 0) {
      const words = this.#arena.wordsOf(address);
      const offset = this.#arena.wordOffsetOf(address);
      for (let i = 0; i < bitmapWords; i++) bitmap[i] = (bitmap[i] as number) & ~(words[offset + i] as number);
      return;
    }
    const halves = this.#arena.halvesOf(address);
    const start = this.#arena.halfOffsetOf(address);
    for (let i = start; i < start + count; i++) {
      const ordinal = halves[i] as number;
      bitmap[ordinal >>> 5] = (bitmap[ordinal >>> 5] as number) & ~(1 << (ordinal & 31));
    }
  }

  /** Empties the set and gives its rooms back. */
  clear(): void {
    for (let at = 0; at < this.#chunks.length; at += fields) {
      if ((this.#chunks[at + 1] as number) !== 0) this.#arena.release(this.#chunks[at] as number);
    }
    this.#chunks = new Uint32Array(0);
    this.#cardinality = 0;
  }

  #addToBitmap(at: number, shape: number, ordinal: number): void {
    const address = this.#chunks[at] as number;
    const words = this.#arena.wordsOf(address);
    const word = this.#arena.wordOffsetOf(address) + (ordinal >>> 5);
    const bit = 1 << (ordinal & 31);
    if (((words[word] as number) & bit) !== 0) return;
    words[word] = (words[word] as number) | bit;
    this.#chunks[at + 1] = shape + 1;
    this.#cardinality += 1;
  }

  #addToArray(at: number, shape: number, ordinal: number): void {
    const arena = this.#arena;
    const count = shape & cardinalityMask;
    const sizeClass = (shape >>> classShift) & classMask;
    const from = this.#chunks[at] as number;
    let to = from;
    let place = 0;
    if (count > 0) {
      const halves = arena.halvesOf(from);
      const start = arena.halfOffsetOf(from);
      // Often it is the highest: who fills a set goes by ordinals.
      const found = (halves[start + count - 1] as number) < ordinal ? start + count : placeOf(halves, start, count, ordinal);
      if (found < start + count && halves[found] === ordinal) return;
      place = found - start;
    }
    if (count === mostInArray) {
      this.#toBitmap(at);
      this.#addToBitmap(at, this.#chunks[at + 1] as number, ordinal);
      return;
    }
    let newClass = sizeClass;
    if (count === arena.capacityOf(sizeClass)) {
      newClass = sizeClass + 1;
      to = arena.allocate(newClass);
    }
    const target = arena.halvesOf(to);
    const start = arena.halfOffsetOf(to);
    if (to === from) {
      if (place < count) target.copyWithin(start + place + 1, start + place, start + count);
    } else if (count > 0) {
      const source = arena.halvesOf(from);
      const sourceAt = arena.halfOffsetOf(from);
      for (let i = 0; i < place; i++) target[start + i] = source[sourceAt + i] as number;
      for (let i = place; i < count; i++) target[start + i + 1] = source[sourceAt + i] as number;
      arena.release(from);
    }
    target[start + place] = ordinal;
    this.#chunks[at] = to;
    this.#chunks[at + 1] = (count + 1) | (newClass << classShift);
    this.#cardinality += 1;
  }

  #toBitmap(at: number): void {
    const arena = this.#arena;
    const from = this.#chunks[at] as number;
    const to = arena.allocate(largestClass);
    const words = arena.wordsOf(to);
    const offset = arena.wordOffsetOf(to);
    const start = arena.halfOffsetOf(from);
    words.fill(0, offset, offset + bitmapWords);
    setBits(words, offset, arena.halvesOf(from), start, start + mostInArray);
    arena.release(from);
    this.#chunks[at] = to;
    this.#chunks[at + 1] = mostInArray | (largestClass << classShift) | bitmapBit;
  }

  #toArray(at: number): void {
    const arena = this.#arena;
    const from = this.#chunks[at] as number;
    const count = (this.#chunks[at + 1] as number) & cardinalityMask;
    const sizeClass = arena.classFor(count);
    const to = arena.allocate(sizeClass);
    listBits(arena.wordsOf(from), arena.wordOffsetOf(from), arena.halvesOf(to), arena.halfOffsetOf(to));
    arena.release(from);
    this.#chunks[at] = to;
    this.#chunks[at + 1] = count | (sizeClass << classShift);
  }

  #free(at: number): void {
    this.#arena.release(this.#chunks[at] as number);
    this.#chunks[at] = 0;
    this.#chunks[at + 1] = 0;
  }

  #grow(length: number): void {
    const quarterMore = (this.#chunks.length >>> 3) * fields + this.#chunks.length;
    const chunks = new Uint32Array(Math.max(length, quarterMore));
    chunks.set(this.#chunks);
    this.#chunks = chunks;
  }
}

/** The first of `count` sorted places from `start` on that holds the ordinal or a larger one. */
function placeOf(halves: Uint16Array, start: number, count: number, ordinal: number): number {
  let low = start;
  let high = start + count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((halves[middle] as number) < ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Writes the ordinals of a bitmap, ascending, from `to` on. Answers one behind the last place. */
function listBits(words: Uint32Array, offset: number, into: Uint16Array, to: number): number {
  let next = to;
  for (let word = 0; word < bitmapWords; word++) {
    for (let bits = words[offset + word] as number; bits !== 0; bits &= bits - 1) {
      into[next++] = word * 32 + (31 - Math.clz32(bits & -bits));
    }
  }
  return next;
}

function setBits(words: Uint32Array, offset: number, ordinals: Uint16Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const ordinal = ordinals[i] as number;
    const word = offset + (ordinal >>> 5);
    words[word] = (words[word] as number) | (1 << (ordinal & 31));
  }
}
