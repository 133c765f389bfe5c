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
  readonly #chunks: Uint32Array[] = [];
  #end = 1;
  #firstFree = 0;
  #used = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** One behind the highest number that was ever given out. */
  get end(): number {
    return this.#end;
  }
  get used(): number {
    return this.#used;
  }
  get memoryBytes(): number {
    return this.#chunks.length * recordsPerChunk * this.width * 4;
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
    if (this.#end >>> recordsPerChunkShift >= this.#chunks.length) this.#chunks.push(newWords(recordsPerChunk * this.width));
    const record = this.#end;
    this.#end = record + 1;
    return record;
  }

  release(record: number): void {
    for (let field = 0; field < this.width; field++) this.set(record, field, 0);
    this.set(record, this.width - 1, this.#firstFree);
    this.#firstFree = record;
    this.#used -= 1;
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
