import { membershipWords, segmentWord, valueWord } from '../memory/membership-slabs.ts';
import { type AudienceSet, chunkShift, usersPerChunk } from './audience-set.ts';
import { knownUsers } from './flip-log.ts';
import { blockShift, usersPerBlock } from '../memory/user-blocks.ts';
import type { BlockCollector, BlockReader, UserGroup } from './block-reader.ts';

/** Slots have 16 bits in a pair, and 0 means that a number is not wanted. */
export const mostNumbersPerBuild = 0xffff;

/**
 * Fills many sets in one scan over all users: work for each membership, and for each chunk and number, but none for each number and
 * user. The counted memberships of a chunk of users are collected as pairs (slot of the number, ordinal) in the order of users
 * and then sorted by slot by counting, so that each set's part is written once, in its final size.
 */
export class AudienceBuild implements BlockCollector {
  readonly #reader: BlockReader;
  readonly #sets: readonly AudienceSet[];
  /** By number: the place of its set in `#sets` plus 1; 0 where it is not wanted. */
  readonly #slots: Uint16Array;
  readonly #knownSlot: number;
  /** The only number, unless there are several or it is `knownUsers`. */
  readonly #single: number;
  readonly #ends: Uint32Array;
  /** slot * 65,536 + ordinal in the chunk, in the order of users. */
  #pairs = new Uint32Array(usersPerChunk);
  #sorted = new Uint16Array(usersPerChunk);
  #chunk = 0;
  #nextBlock = 0;
  /** Pairs that were taken over, and those after the visit that is under way. */
  #taken = 0;
  #collected = 0;

  /** @param sets empty ones by number, `mostNumbersPerBuild` at most; flips of their numbers must be watched already */
  constructor(reader: BlockReader, sets: ReadonlyMap<number, AudienceSet>) {
    this.#reader = reader;
    this.#sets = [...sets.values()];
    this.#slots = new Uint16Array(reader.numberEnd);
    this.#ends = new Uint32Array(this.#sets.length + 1);
    let slot = 0;
    for (const number of sets.keys()) this.#slots[number] = ++slot;
    const [only] = sets.keys();
    this.#single = sets.size === 1 && only !== undefined ? only : 0;
    this.#knownSlot = this.#slots[knownUsers] ?? 0;
    this.#slots[knownUsers] = 0;
  }

  /** Is the user's part of the sets in place, so that flips are to be applied? A flip of another one is seen by the scan. */
  covers(user: number): boolean {
    return user >>> chunkShift < this.#chunk;
  }
  /** Between two chunks. In the middle of one no flips may be handed out: neither the scan nor the sets would have them. */
  get betweenChunks(): boolean {
    return this.#taken === 0 && this.#nextBlock === (this.#chunk << chunkShift) >>> blockShift;
  }

  /** Goes on to the end of the chunk, or until `mayGoOn` says no, asked every 1,024 users. True when all users are covered. */
  step(mayGoOn: () => boolean): boolean {
    if (this.#chunk << chunkShift >= this.#reader.userEnd) return true;
    const end = Math.min(this.#reader.userEnd, (this.#chunk + 1) << chunkShift);
    const blockEnd = (end + usersPerBlock - 1) >>> blockShift;
    while (this.#nextBlock < blockEnd) {
      this.#reader.visit(this.#nextBlock++, this);
      this.#taken = this.#collected;
      if ((this.#nextBlock & 15) === 0 && !mayGoOn()) break;
    }
    if (this.#nextBlock < blockEnd) return false;
    if (this.#single === 0) this.#fillSets();
    else (this.#sets[0] as AudienceSet).fill(this.#chunk, this.#sorted, 0, this.#taken);
    this.#taken = 0;
    this.#collected = 0;
    this.#chunk += 1;
    this.#nextBlock = (this.#chunk << chunkShift) >>> blockShift;
    return this.#chunk << chunkShift >= this.#reader.userEnd;
  }

  collect(group: UserGroup): void {
    if (this.#single === 0) this.#collectPairs(group);
    else this.#collectSingle(group);
  }

  /** The ordinals of one segment: a profile is read as far as the segment's membership, and nothing needs sorting. */
  #collectSingle({ counts, memory, size, slabs, users }: UserGroup): void {
    const single = this.#single;
    const ordinals = this.#sorted;
    const first = (users[0] as number) & (usersPerChunk - 1);
    let end = this.#taken;
    for (let i = 0; i < size; i++) {
      const slab = slabs[i] as number;
      const words = memory.wordsOf(slab);
      let at = memory.offsetOf(slab);
      for (const last = at + (counts[i] as number) * membershipWords; at < last; at += membershipWords) {
        if (words[at + segmentWord] !== single) continue;
        ordinals[end] = first + i;
        end += (words[at + valueWord] as number) >>> 31;
        break;
      }
    }
    this.#collected = end;
  }

  #collectPairs(group: UserGroup): void {
    const { counts, known, memory, size, slabs, users } = group;
    const slots = this.#slots;
    const slotEnd = slots.length;
    const pairs = this.#pairsWithRoom(group);
    let end = this.#taken;
    for (let i = 0; i < size; i++) {
      const ordinal = (users[i] as number) & (usersPerChunk - 1);
      if (this.#knownSlot !== 0 && known[i] === 1) pairs[end++] = (this.#knownSlot << 16) | ordinal;
      const count = counts[i] as number;
      if (count === 0) continue;
      const slab = slabs[i] as number;
      const words = memory.wordsOf(slab);
      const start = memory.offsetOf(slab);
      const last = start + count * membershipWords;
      for (let at = start; at < last; at += membershipWords) {
        const number = words[at + segmentWord] as number;
        const slot = number < slotEnd ? (slots[number] as number) : 0;
        if (slot !== 0 && (words[at + valueWord] as number) >>> 31 === 1) pairs[end++] = (slot << 16) | ordinal;
      }
    }
    this.#collected = end;
  }

  #pairsWithRoom({ counts, size }: UserGroup): Uint32Array {
    let most = this.#taken + usersPerBlock;
    for (let i = 0; i < size; i++) most += counts[i] as number;
    while (most > this.#pairs.length) {
      const pairs = new Uint32Array(this.#pairs.length * 2);
      pairs.set(this.#pairs.subarray(0, this.#taken));
      this.#pairs = pairs;
    }
    return this.#pairs;
  }

  #fillSets(): void {
    const pairs = this.#pairs;
    const ends = this.#ends;
    const count = this.#taken;
    if (count > this.#sorted.length) this.#sorted = new Uint16Array(pairs.length);
    const sorted = this.#sorted;
    ends.fill(0);
    for (let i = 0; i < count; i++) ends[(pairs[i] as number) >>> 16] = (ends[(pairs[i] as number) >>> 16] as number) + 1;
    // From counts to where each slot's ordinals begin; writing moves that to where they end.
    for (let slot = 1, begin = 0; slot < ends.length; slot++) {
      const of = ends[slot] as number;
      ends[slot] = begin;
      begin += of;
    }
    for (let i = 0; i < count; i++) {
      const pair = pairs[i] as number;
      const at = ends[pair >>> 16] as number;
      sorted[at] = pair & 0xffff;
      ends[pair >>> 16] = at + 1;
    }
    for (let slot = 1, begin = 0; slot < ends.length; slot++) {
      const end = ends[slot] as number;
      (this.#sets[slot - 1] as AudienceSet).fill(this.#chunk, sorted, begin, end);
      begin = end;
    }
  }
}
