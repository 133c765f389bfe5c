import { countMask, optedOutBit, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import { FlipReader, knownUsers } from './flip-log.ts';
import { blockShift, usersPerBlock } from '../memory/user-blocks.ts';
import { UserBlock, type BlockCollector, type BlockReader } from './block-reader.ts';

/**
 * Reads an engine's memory, in the engine's own thread or beside it. A block is read between two looks at its version, and again where
 * that moved on: what a torn read found is collected anew, errors included.
 */
export class MemoryReader implements BlockReader {
  readonly #memory: ProfileMemory;
  readonly #catchUp: () => boolean;
  readonly #block = new UserBlock();
  /** The engine's log of flips, of which this is the only reader. */
  readonly flips: FlipReader;

  /** @param catchUp takes in chunks that the engine has made since, and answers whether there were any */
  constructor(memory: ProfileMemory, catchUp: () => boolean = () => false) {
    this.#memory = memory;
    this.#catchUp = catchUp;
    this.flips = new FlipReader(memory.flips.memory);
    for (let i = 0; i < usersPerBlock; i++) this.#block.words.push(new Uint32Array(0));
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

  visit(block: number, collector: BlockCollector, low = -1, high = -1): void {
    const { versions } = this.#memory;
    const first = block << blockShift;
    for (;;) {
      const version = versions.ofUser(first);
      try {
        this.#look(first, low, high);
        collector.collect(this.#block);
      } catch (error) {
        versions.fence();
        if (versions.userIs(first, version) && !this.#catchUp()) throw error;
        continue;
      }
      versions.fence();
      if (versions.userIs(first, version)) return;
    }
  }

  copyKeyOf(user: number, into: Uint8Array, at: number): number {
    return this.#memory.copyKeyOf(this.#memory.firstNameOf(user), into, at);
  }

  isDead(number: number): boolean {
    return this.#memory.segments.isDead(number);
  }
  watch(number: number, on: boolean): void {
    if (number === knownUsers) this.flips.watchKnown(on);
    else this.#memory.segments.watch(number, on);
  }

  /** Fills the block with where its users' memberships lie. */
  #look(first: number, low: number, high: number): void {
    const { users, slabs } = this.#memory;
    const into = this.#block;
    const { words, offsets, counts, known } = into;
    // Memory for records is made with the first one.
    const size = users.end === 1 ? 0 : Math.min(usersPerBlock, users.end - first);
    into.firstUser = first;
    into.size = size;
    if (size === 0) return;
    const records = users.chunkOf(first);
    let at = users.offsetOf(first);
    for (let i = 0; i < size; i++, at += users.width) {
      if ((((i < 32 ? low : high) >>> (i & 31)) & 1) === 0) continue;
      const shape = records[at + userField.shape] as number;
      const firstName = records[at + userField.firstName] as number;
      // A free record's words thread the list of free ones; its first name is none.
      const count = firstName === 0 ? 0 : shape & countMask;
      counts[i] = count;
      known[i] = firstName !== 0 && (shape & optedOutBit) === 0 ? 1 : 0;
      if (count === 0) continue;
      const slab = records[at + userField.slab] as number;
      offsets[i] = slabs.offsetOf(slab);
      const chunk = slabs.wordsOf(slab);
      // Storing an object costs more than looking whether it is there already, as it mostly is.
      if (words[i] !== chunk) words[i] = chunk;
    }
  }
}
