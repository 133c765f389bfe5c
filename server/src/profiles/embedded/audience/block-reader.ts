import type { MembershipSlabs } from '../memory/membership-slabs.ts';
import { usersPerBlock } from '../memory/user-blocks.ts';

/** Most users of one visit. */
export const mostUsersPerVisit = usersPerBlock;

/** Where the profiles of some users lie, for the length of one visit. */
export class UserGroup {
  /** Finds the words of a slab. */
  readonly memory: Pick<MembershipSlabs, 'wordsOf' | 'offsetOf'>;
  size = 0;
  /** Ordinals, ascending. */
  readonly users = new Uint32Array(mostUsersPerVisit);
  /** 1: a known user; 0: a free ordinal or an opted-out mark. */
  readonly known = new Uint8Array(mostUsersPerVisit);
  /** The first name; 0: a free ordinal, which has no memberships. */
  readonly names = new Uint32Array(mostUsersPerVisit);
  /** Memberships, and the slab that holds them; any slab where there are none. */
  readonly counts = new Int32Array(mostUsersPerVisit);
  readonly slabs = new Uint32Array(mostUsersPerVisit);
  /** In a visit to users: 1 where nothing of the user's block has changed since `mark`. */
  readonly unmoved = new Uint8Array(mostUsersPerVisit);

  constructor(memory: Pick<MembershipSlabs, 'wordsOf' | 'offsetOf'>) {
    this.memory = memory;
  }
}

/** What reads profiles. */
export interface BlockCollector {
  /**
   * May be called several times for one visit, where a block changed while it was read: only what the last call collected
   * counts. So it begins from what was taken over after the last visit, and throws nothing because of what it reads.
   */
  collect(group: UserGroup): void;
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
  /** Remembers how these blocks stand, so that a visit to their users can tell whether they still do; forgets what it was told before. */
  mark(firstBlock: number, endBlock: number): void;
  /** Shows all users of a block (ordinals from `block * 64` on) to the collector, as they are at one moment. */
  visit(block: number, collector: BlockCollector): void;
  /**
   * Shows these users to the collector, `mostUsersPerVisit` at most, ascending; those of one block as they are at one moment. Answers how
   * many of them, from the first on and at least one, did not change meanwhile: what was collected of the others does not count.
   */
  visitUsers(users: Uint32Array, count: number, collector: BlockCollector): number;
  /** Writes the key of a name at `at`, and answers how many bytes it has. In a visit only. */
  copyKeyOf(name: number, into: Uint8Array, at: number): number;
  /** Can nothing have this number any more? Numbers are never used twice. */
  isDead(number: number): boolean;
  /** From the return on, flips of this number (`knownUsers`: of users being known) are logged, or not any more. */
  watch(number: number, on: boolean): void;
}
