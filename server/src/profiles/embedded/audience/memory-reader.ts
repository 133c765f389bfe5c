import { countMask, optedOutBit, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import { FlipReader, knownUsers } from './flip-log.ts';
import { blockShift, usersPerBlock } from '../memory/user-blocks.ts';
import { type BlockCollector, type BlockReader, mostUsersPerVisit, UserGroup } from './block-reader.ts';

/**
 * Reads an engine's memory, in the engine's own thread or beside it. A block is read between two looks at its version, and again where
 * that moved on: what a torn read found is collected anew, errors included.
 */
export class MemoryReader implements BlockReader {
  readonly #memory: ProfileMemory;
  readonly #catchUp: () => boolean;
  readonly #group: UserGroup;
  /** Of a visit to users of several blocks: each block's version, and which of the users is its first. */
  readonly #versions = new Int32Array(mostUsersPerVisit);
  readonly #firsts = new Int32Array(mostUsersPerVisit);
  #blocks = 0;
  /** Versions of marked blocks. */
  #marks = new Int32Array(0);
  #firstMarked = 0;
  #endMarked = 0;
  /** The engine's log of flips, of which this is the only reader. */
  readonly flips: FlipReader;

  /** @param catchUp takes in chunks that the engine has made since, and answers whether there were any */
  constructor(memory: ProfileMemory, catchUp: () => boolean = () => false) {
    this.#memory = memory;
    this.#catchUp = catchUp;
    this.#group = new UserGroup(memory.slabs);
    this.flips = new FlipReader(memory.flips.memory);
  }

  get userEnd(): number {
    return this.#memory.users.end;
  }
  get numberEnd(): number {
    return this.#memory.segments.end;
  }

  isDue(block: number, nowS: number): boolean {
    const { due } = this.#memory;
    return block + 1 < due.end && due.dueAtS(block + 1) <= nowS;
  }

  dueBlocks(nowS: number): number[] {
    const due: number[] = [];
    this.#memory.due.listDue(nowS, due);
    for (let i = 0; i < due.length; i++) due[i] = (due[i] as number) - 1;
    return due;
  }

  mark(firstBlock: number, endBlock: number): void {
    const count = endBlock - firstBlock;
    if (count > this.#marks.length) this.#marks = new Int32Array(count);
    for (let i = 0; i < count; i++) this.#marks[i] = this.#memory.versions.ofUser((firstBlock + i) << blockShift);
    this.#firstMarked = firstBlock;
    this.#endMarked = endBlock;
  }

  visit(block: number, collector: BlockCollector): void {
    const { versions } = this.#memory;
    const first = block << blockShift;
    for (;;) {
      const version = versions.ofUser(first);
      try {
        this.#lookAtBlock(first);
        collector.collect(this.#group);
      } catch (error) {
        versions.fence();
        if (versions.userIs(first, version) && !this.#catchUp()) throw error;
        continue;
      }
      versions.fence();
      if (versions.userIs(first, version)) return;
    }
  }

  visitUsers(users: Uint32Array, count: number, collector: BlockCollector): number {
    const { versions } = this.#memory;
    for (;;) {
      this.#takeVersions(users, count);
      try {
        this.#lookAt(users, count);
        collector.collect(this.#group);
      } catch (error) {
        versions.fence();
        if (this.#unchanged(users, count) === count && !this.#catchUp()) throw error;
        continue;
      }
      versions.fence();
      const unchanged = this.#unchanged(users, count);
      if (unchanged > 0) return unchanged;
    }
  }

  copyKeyOf(name: number, into: Uint8Array, at: number): number {
    return this.#memory.copyKeyOf(name, into, at);
  }

  isDead(number: number): boolean {
    return this.#memory.segments.isDead(number);
  }
  watch(number: number, on: boolean): void {
    if (number === knownUsers) this.flips.watchKnown(on);
    else this.#memory.segments.watch(number, on);
  }

  #takeVersions(users: Uint32Array, count: number): void {
    let blocks = 0;
    let last = -1;
    for (let i = 0; i < count; i++) {
      const user = users[i] as number;
      if (user >>> blockShift === last) continue;
      last = user >>> blockShift;
      this.#versions[blocks] = this.#memory.versions.ofUser(user);
      this.#firsts[blocks++] = i;
    }
    this.#blocks = blocks;
  }

  /** How many of the users are of blocks before the first one that changed since `#takeVersions`. */
  #unchanged(users: Uint32Array, count: number): number {
    for (let i = 0; i < this.#blocks; i++) {
      const first = this.#firsts[i] as number;
      if (!this.#memory.versions.userIs(users[first] as number, this.#versions[i] as number)) return first;
    }
    return count;
  }

  #lookAtBlock(first: number): void {
    const { end } = this.#memory.users;
    const { users } = this.#group;
    // Memory for records is made with the first one.
    const size = end === 1 ? 0 : Math.min(usersPerBlock, end - first);
    for (let i = 0; i < size; i++) users[i] = first + i;
    this.#look(size);
  }

  #lookAt(users: Uint32Array, count: number): void {
    const group = this.#group;
    for (let i = 0; i < count; i++) group.users[i] = users[i] as number;
    this.#look(count);
    this.#lookAtMarks(count);
  }

  /** After `#takeVersions`. */
  #lookAtMarks(count: number): void {
    const { users, unmoved } = this.#group;
    for (let i = 0; i < this.#blocks; i++) {
      const first = this.#firsts[i] as number;
      const end = i + 1 < this.#blocks ? (this.#firsts[i + 1] as number) : count;
      const block = (users[first] as number) >>> blockShift;
      const marked = block >= this.#firstMarked && block < this.#endMarked;
      unmoved.fill(marked && this.#marks[block - this.#firstMarked] === this.#versions[i] ? 1 : 0, first, end);
    }
  }

  /** Fills the group with the records of its first users; without a branch, so that the processor reads ahead. */
  #look(size: number): void {
    const { users } = this.#memory;
    const { counts, known, names, slabs, users: ordinals } = this.#group;
    this.#group.size = size;
    for (let i = 0; i < size; i++) {
      const user = ordinals[i] as number;
      const records = users.chunkOf(user);
      const at = users.offsetOf(user);
      const shape = records[at + userField.shape] as number;
      const name = records[at + userField.firstName] as number;
      // All bits where there is a name. A free record's words thread the list of free ones; its first name is none.
      const used = (name | -name) >> 31;
      counts[i] = shape & countMask & used;
      known[i] = (shape & optedOutBit) === 0 ? used & 1 : 0;
      names[i] = name;
      slabs[i] = records[at + userField.slab] as number;
    }
  }
}
