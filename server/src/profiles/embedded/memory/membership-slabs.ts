import { ChunkList } from './chunk-list.ts';

/** Words of a membership. */
export const membershipWords = 5;
/** Word 0: the engine's number of the segment. */
export const segmentWord = 0;
/** Word 1: the value in 31 bits; the top bit says that the segment's counter holds this membership. */
export const valueWord = 1;
export const addedAtWord = 2;
/** Word 3: minutes; `neverEnds` for ever. */
export const lifetimeWord = 3;
/** Word 4: the source in 31 bits; the top bit notes that the membership was added to on its user's day (core/noted-additions.ts). */
export const sourceWord = 4;

export const countedBit = 0x8000_0000;
export const valueMask = 0x7fff_ffff;
export const notedBit = 0x8000_0000;
export const sourceMask = 0x7fff_ffff;

/** Most memberships that one profile can have: what its largest slab holds, and what 12 bits count. */
export const mostMembershipsPerProfile = 4095;

/** How many memberships a slab of each class holds. */
const capacities = [
  0, 2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 768, 1024, 1536, 2048, 3072, 4095,
] as const;

const chunkShift = 16;
const slotsPerChunk = 1 << chunkShift;
const slotMask = slotsPerChunk - 1;

/**
 * Room for memberships, in slabs of a few sizes. A slab's address counts memberships over all chunks and never 0, which
 * means no slab (class 0). A slab never lies across chunks; freed slabs wait in a list by class, threaded through their first word.
 */
export class MembershipSlabs {
  readonly #list: ChunkList;
  readonly #chunks: Uint32Array[];
  readonly #freeByClass: number[] = capacities.map(() => 0);
  #end = 1;

  constructor(chunks = MembershipSlabs.chunks()) {
    this.#list = chunks;
    this.#chunks = chunks.views;
  }

  static chunks(): ChunkList {
    return ChunkList.ofWords(slotsPerChunk * membershipWords);
  }

  get memoryBytes(): number {
    return this.#list.bytes;
  }

  capacityOf(sizeClass: number): number {
    return capacities[sizeClass] as number;
  }

  /** The smallest class that holds so many. */
  classFor(count: number): number {
    let sizeClass = 0;
    while ((capacities[sizeClass] ?? Number.POSITIVE_INFINITY) < count) sizeClass += 1;
    if (sizeClass === capacities.length) throw new RangeError(`no slab holds ${count} memberships`);
    return sizeClass;
  }

  allocate(sizeClass: number): number {
    if (sizeClass === 0) return 0;
    const free = this.#freeByClass[sizeClass] as number;
    if (free !== 0) {
      this.#freeByClass[sizeClass] = this.wordsOf(free)[this.offsetOf(free)] as number;
      return free;
    }
    const capacity = capacities[sizeClass] as number;
    const left = slotsPerChunk - (this.#end & slotMask);
    if (capacity > left) this.#giveAway(left);
    if (this.#end >>> chunkShift >= this.#chunks.length) this.#list.add();
    const slab = this.#end;
    this.#end = slab + capacity;
    return slab;
  }

  release(slab: number, sizeClass: number): void {
    if (sizeClass === 0) return;
    this.wordsOf(slab)[this.offsetOf(slab)] = this.#freeByClass[sizeClass] as number;
    this.#freeByClass[sizeClass] = slab;
  }

  /** The chunk that holds a slab. */
  wordsOf(slab: number): Uint32Array {
    return this.#chunks[slab >>> chunkShift] as Uint32Array;
  }

  /** Where a slab begins in its chunk, in words. */
  offsetOf(slab: number): number {
    return (slab & slotMask) * membershipWords;
  }

  /** What is left of a chunk becomes free slabs. */
  #giveAway(slots: number): void {
    let left = slots;
    for (let sizeClass = capacities.length - 1; sizeClass > 0; sizeClass--) {
      const capacity = capacities[sizeClass] as number;
      while (capacity <= left) {
        this.release(this.#end, sizeClass);
        this.#end += capacity;
        left -= capacity;
      }
    }
    this.#end += left;
  }
}
