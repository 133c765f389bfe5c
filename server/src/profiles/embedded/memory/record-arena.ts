import { ChunkList } from './chunk-list.ts';
import { newWords } from './shared-words.ts';

const recordsPerChunkShift = 14;
const recordsPerChunk = 1 << recordsPerChunkShift;
const recordMask = recordsPerChunk - 1;

/**
 * Records of a few 32-bit words, numbered from 1 (0 means none). Grows by one chunk at a time, so nothing is ever copied
 * and a number stays where it is. Released numbers are used again, last one first; a released record reads as zeros but for
 * its last word, which threads the free list.
 */
export class RecordArena {
  readonly width: number;
  readonly #list: ChunkList;
  readonly #chunks: Uint32Array[];
  /** One behind the highest number: a word, so that other threads can see it. */
  readonly #end: Uint32Array;
  #firstFree = 0;
  #used = 0;

  /** `chunks` and `end` (a word) where other threads read these records too. */
  constructor(width: number, chunks = RecordArena.chunks(width), end: Uint32Array = newWords(1)) {
    this.width = width;
    this.#list = chunks;
    this.#chunks = chunks.views;
    this.#end = end;
    if (end[0] === 0) end[0] = 1;
  }

  static chunks(width: number): ChunkList {
    return ChunkList.ofWords(recordsPerChunk * width);
  }

  /** One behind the highest number that was ever given out. */
  get end(): number {
    return this.#end[0] as number;
  }
  get used(): number {
    return this.#used;
  }
  get memoryBytes(): number {
    return this.#list.bytes;
  }

  /** A record of zeros. */
  allocate(): number {
    this.#used += 1;
    const free = this.#firstFree;
    if (free !== 0) {
      this.#firstFree = this.get(free, this.width - 1);
      this.set(free, this.width - 1, 0);
      return free;
    }
    const record = this.end;
    if (record >>> recordsPerChunkShift >= this.#chunks.length) this.#list.add();
    this.#end[0] = record + 1;
    return record;
  }

  release(record: number): void {
    this.retire(record);
    this.free(record);
  }

  /** Releases a record, but for its number: that is given out again only after `free`. */
  retire(record: number): void {
    for (let field = 0; field < this.width; field++) this.set(record, field, 0);
    this.#used -= 1;
  }
  free(record: number): void {
    this.set(record, this.width - 1, this.#firstFree);
    this.#firstFree = record;
  }

  /** The record with this number, which nobody has: for loading, which calls `free` for what nobody claimed. */
  claim(record: number): void {
    this.reserve(record + 1);
    this.#used += 1;
  }
  /** Numbers below `end` are there, and nobody's. */
  reserve(end: number): void {
    while (this.end < end) {
      if (this.end >>> recordsPerChunkShift >= this.#chunks.length) this.#list.add();
      this.#end[0] = this.end + 1;
    }
  }

  get(record: number, field: number): number {
    return (this.#chunks[record >>> recordsPerChunkShift] as Uint32Array)[(record & recordMask) * this.width + field] as number;
  }

  set(record: number, field: number, word: number): void {
    (this.#chunks[record >>> recordsPerChunkShift] as Uint32Array)[(record & recordMask) * this.width + field] = word;
  }

  /** The chunk that holds a record; for loops that read several words of it. */
  chunkOf(record: number): Uint32Array {
    return this.#chunks[record >>> recordsPerChunkShift] as Uint32Array;
  }

  /** Where a record begins in its chunk. */
  offsetOf(record: number): number {
    return (record & recordMask) * this.width;
  }
}
