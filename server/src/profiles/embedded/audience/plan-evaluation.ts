import { bitmapWords, chunkShift, type AudienceSet } from './audience-set.ts';
import { bitCount } from './bit-count.ts';
import type { Leaf, PlanNode } from './audience-plan.ts';
import { knownUsers } from './flip-log.ts';
import { leafHolds, planHolds } from './plan-walk.ts';
import { blockShift } from '../memory/user-blocks.ts';
import { type BlockCollector, type BlockReader, mostUsersPerVisit, type UserGroup } from './block-reader.ts';

export const blocksPerChunk = 1 << (chunkShift - blockShift);
const wordsPerBlock = bitmapWords / blocksPerChunk;

/**
 * Evaluates one plan, chunk by chunk, on bitmaps that stay in the processor's first cache. Sets hold what was counted when the
 * engine last looked at a block; where something has begun or ended since (the block is due), the block's profiles are read
 * instead, so the result is exact to the second without waiting for the sweep.
 */
export class PlanEvaluation {
  readonly #reader: BlockReader;
  readonly #root: PlanNode;
  readonly #setOf: (number: number) => AudienceSet;
  /** Bitmaps for parts of parts, by depth. */
  readonly #spares: Uint32Array[] = [];
  readonly #filter: LeafFilter;
  readonly #walk: PlanWalk;
  readonly #due: readonly number[];
  #nextDue = 0;

  /**
   * @param setOf the set of each of the plan's numbers, up to date with all flips that were logged before this call
   * @param due the due blocks, ascending, looked up before those flips were taken (a sweep in between tells its flips first)
   */
  constructor(reader: BlockReader, root: PlanNode, setOf: (number: number) => AudienceSet, due: readonly number[], nowS: number) {
    this.#reader = reader;
    this.#root = root;
    this.#setOf = setOf;
    this.#due = due;
    this.#filter = new LeafFilter(reader, nowS);
    this.#walk = new PlanWalk(root, nowS);
  }

  /** How many users the plan holds for. */
  count(): number {
    const root = this.#root;
    if (root.is === 'leaf' && !root.bounded && this.#due.length === 0) return this.#setOf(root.number).cardinality;
    const bitmap = new Uint32Array(bitmapWords);
    const chunks = Math.ceil(this.#reader.userEnd / (1 << chunkShift));
    let count = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const shared = this.#isDue(chunk) ? -1 : this.#sharedBitmaps(chunk);
      if (shared >= 0) count += shared;
      else if (this.write(chunk, bitmap)) count += bitCount(bitmap);
    }
    return count;
  }

  /** The commonest question, two plain segments, without a copy: -1 where it is another one, or a chunk is an array. */
  #sharedBitmaps(chunk: number): number {
    const root = this.#root;
    if (root.is !== 'all' || root.keep.length !== 2 || root.without.length > 0) return -1;
    const [first, second] = root.keep;
    if (first?.is !== 'leaf' || first.bounded || second?.is !== 'leaf' || second.bounded) return -1;
    return this.#setOf(first.number).sharedBits(chunk, this.#setOf(second.number));
  }

  #isDue(chunk: number): boolean {
    return (this.#due[this.#nextDue] ?? Number.POSITIVE_INFINITY) < (chunk + 1) * blocksPerChunk;
  }

  /** Writes whom the plan holds for; chunks in ascending order. False: nobody, and the bitmap holds anything. */
  write(chunk: number, bitmap: Uint32Array): boolean {
    const any = this.#write(this.#root, chunk, bitmap, 0);
    if (!this.#isDue(chunk)) return any;
    const dueEnd = (chunk + 1) * blocksPerChunk;
    if (!any) bitmap.fill(0);
    for (let block = this.#due[this.#nextDue]; block !== undefined && block < dueEnd; block = this.#due[++this.#nextDue]) {
      this.#reader.visit(block, this.#walk);
      const at = (block & (blocksPerChunk - 1)) * wordsPerBlock;
      bitmap[at] = this.#walk.low;
      bitmap[at + 1] = this.#walk.high;
    }
    return true;
  }

  #write(node: PlanNode, chunk: number, bitmap: Uint32Array, depth: number): boolean {
    switch (node.is) {
      case 'none':
        return false;
      case 'leaf': {
        const set = this.#setOf(node.number);
        if (set.cardinalityOf(chunk) === 0) return false;
        set.copyInto(chunk, bitmap);
        if (node.bounded) this.#filterLeaf(node, chunk, bitmap);
        return true;
      }
      case 'any':
        return this.#writeAny(node.parts, chunk, bitmap, depth);
      case 'all':
        return this.#writeAll(node.keep, node.without, chunk, bitmap, depth);
    }
  }

  #writeAny(parts: readonly PlanNode[], chunk: number, bitmap: Uint32Array, depth: number): boolean {
    let any = false;
    for (const part of parts) {
      if (!any) any = this.#write(part, chunk, bitmap, depth);
      else if (part.is === 'leaf' && !part.bounded) this.#setOf(part.number).orInto(chunk, bitmap);
      else {
        const spare = this.#spare(depth);
        if (!this.#write(part, chunk, spare, depth + 1)) continue;
        for (let i = 0; i < bitmapWords; i++) bitmap[i] = (bitmap[i] as number) | (spare[i] as number);
      }
    }
    return any;
  }

  #writeAll(keep: readonly PlanNode[], without: readonly PlanNode[], chunk: number, bitmap: Uint32Array, depth: number): boolean {
    for (const part of keep) if (part.is === 'leaf' && this.#setOf(part.number).cardinalityOf(chunk) === 0) return false;
    const [first, ...others] = keep;
    if (first === undefined) this.#setOf(knownUsers).copyInto(chunk, bitmap);
    else if (!this.#write(first, chunk, bitmap, depth)) return false;
    for (const part of without) if (!isBounded(part)) this.#exclude(part, chunk, bitmap, depth);
    for (const part of others) if (!this.#narrow(part, chunk, bitmap, depth)) return false;
    for (const part of without) if (isBounded(part)) this.#exclude(part, chunk, bitmap, depth);
    return true;
  }

  /** Leaves in the bitmap what the part holds for. False: nothing is left for sure. */
  #narrow(part: PlanNode, chunk: number, bitmap: Uint32Array, depth: number): boolean {
    const spare = this.#spare(depth);
    if (part.is === 'leaf') {
      this.#setOf(part.number).andInto(chunk, bitmap, spare);
      if (part.bounded) this.#filterLeaf(part, chunk, bitmap);
      return true;
    }
    if (!this.#write(part, chunk, spare, depth + 1)) return false;
    for (let i = 0; i < bitmapWords; i++) bitmap[i] = (bitmap[i] as number) & (spare[i] as number);
    return true;
  }

  /** Takes from the bitmap what the part holds for. */
  #exclude(part: PlanNode, chunk: number, bitmap: Uint32Array, depth: number): void {
    if (part.is === 'leaf' && !part.bounded) {
      this.#setOf(part.number).andNotInto(chunk, bitmap);
      return;
    }
    const spare = this.#spare(depth);
    if (part.is === 'leaf') {
      spare.set(bitmap);
      this.#setOf(part.number).andInto(chunk, spare, this.#spare(depth + 1));
      this.#filterLeaf(part, chunk, spare);
    } else if (!this.#write(part, chunk, spare, depth + 1)) return;
    for (let i = 0; i < bitmapWords; i++) bitmap[i] = (bitmap[i] as number) & ~(spare[i] as number);
  }

  /** Takes out whose value is not within the leaf's bounds: reads the profiles of those that are left, and of nobody else. */
  #filterLeaf(leaf: Leaf, chunk: number, bitmap: Uint32Array): void {
    const filter = this.#filter;
    filter.begin(leaf, chunk, bitmap);
    for (let word = 0; word < bitmapWords; word++) {
      for (let bits = bitmap[word] as number; bits !== 0; bits &= bits - 1) filter.look((word << 5) + 31 - Math.clz32(bits & -bits));
    }
    filter.end();
  }

  #spare(depth: number): Uint32Array {
    return (this.#spares[depth] ??= new Uint32Array(bitmapWords));
  }
}

const isBounded = (node: PlanNode): boolean => node.is === 'leaf' && node.bounded;

/** Takes from a chunk's bitmap who has no value within a leaf's bounds. */
class LeafFilter implements BlockCollector {
  readonly #reader: BlockReader;
  readonly #nowS: number;
  readonly #users = new Uint32Array(mostUsersPerVisit);
  #count = 0;
  /** Of each user of the visit that is under way: does the leaf hold? */
  readonly #holds = new Uint8Array(mostUsersPerVisit);
  #leaf: Leaf | null = null;
  #firstUser = 0;
  #bitmap: Uint32Array = new Uint32Array(0);

  constructor(reader: BlockReader, nowS: number) {
    this.#reader = reader;
    this.#nowS = nowS;
  }

  begin(leaf: Leaf, chunk: number, bitmap: Uint32Array): void {
    this.#leaf = leaf;
    this.#firstUser = chunk << chunkShift;
    this.#bitmap = bitmap;
  }

  /** Looks at an ordinal of the chunk, or keeps it until enough are there; ascending. */
  look(ordinal: number): void {
    this.#users[this.#count++] = this.#firstUser + ordinal;
    if (this.#count === mostUsersPerVisit) this.#visit();
  }

  end(): void {
    while (this.#count > 0) this.#visit();
  }

  collect(group: UserGroup): void {
    for (let i = 0; i < group.size; i++) this.#holds[i] = this.#leaf !== null && leafHolds(group, i, this.#leaf, this.#nowS) ? 1 : 0;
  }

  #visit(): void {
    const users = this.#users;
    const bitmap = this.#bitmap;
    const read = this.#reader.visitUsers(users, this.#count, this);
    for (let i = 0; i < read; i++) {
      const ordinal = (users[i] as number) - this.#firstUser;
      if (this.#holds[i] === 0) bitmap[ordinal >>> 5] = (bitmap[ordinal >>> 5] as number) & ~(1 << (ordinal & 31));
    }
    users.copyWithin(0, read, this.#count);
    this.#count -= read;
  }
}

/** For which users of a block a plan holds, by their profiles. */
class PlanWalk implements BlockCollector {
  readonly #root: PlanNode;
  readonly #nowS: number;
  low = 0;
  high = 0;

  constructor(root: PlanNode, nowS: number) {
    this.#root = root;
    this.#nowS = nowS;
  }

  collect(group: UserGroup): void {
    this.low = 0;
    this.high = 0;
    for (let i = 0; i < group.size; i++) {
      if (!planHolds(group, i, this.#root, this.#nowS)) continue;
      if (i < 32) this.low |= 1 << i;
      else this.high |= 1 << (i - 32);
    }
  }
}
