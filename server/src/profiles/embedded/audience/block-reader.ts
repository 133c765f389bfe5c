import { usersPerBlock } from '../memory/user-blocks.ts';

/**
 * Where a block's profiles lie, for the length of one visit. User i of the block has the ordinal `firstUser + i`; its memberships
 * are `counts[i]` times `membershipWords` words of `words[i]` from `offsets[i]` on.
 */
export class UserBlock {
  firstUser = 0;
  /** Users of the block that exist in memory; free ordinals among them have no memberships and are not known. */
  size = 0;
  readonly words: Uint32Array[] = [];
  readonly offsets = new Int32Array(usersPerBlock);
  readonly counts = new Int32Array(usersPerBlock);
  /** 1: a known user; 0: a free ordinal or an opted-out mark. */
  readonly known = new Uint8Array(usersPerBlock);
}

/** What reads a block. */
export interface BlockCollector {
  /**
   * May be called several times for one visit, where the block changed while it was read: only what the last call collected
   * counts. So it begins from what was taken over after the last visit, and throws nothing because of what it reads.
   */
  collect(block: UserBlock): void;
}

/**
 * All that the audience index may know of profile memory: the place where a reader beside the writer checks versions. The index
 * owns no profile and changes nothing but which numbers are watched.
 */
export interface BlockReader {
  /** One behind the highest user ordinal; ordinals begin at 1. */
  readonly userEnd: number;
  /** One behind the highest number of a segment. */
  readonly numberEnd: number;
  /** Begins or ends a membership of this block at or before `nowS` without being counted so? Never false where one does. */
  isDue(block: number, nowS: number): boolean;
  /** All blocks that are due, ascending. */
  dueBlocks(nowS: number): number[];
  /**
   * Shows the block (ordinals from `block * 64` on) to the collector, as it is at one moment. Only for users whose bit is set in
   * `low` (the first 32) and `high` does the block say anything then.
   */
  visit(block: number, collector: BlockCollector, low?: number, high?: number): void;
  /** Writes the key of a known user's first name at `at`, and answers how many bytes it has. In a visit only. */
  copyKeyOf(user: number, into: Uint8Array, at: number): number;
  /** Can nothing have this number any more? Numbers are never used twice. */
  isDead(number: number): boolean;
  /** From the return on, flips of this number (`knownUsers`: of users being known) are logged, or not any more. */
  watch(number: number, on: boolean): void;
}
