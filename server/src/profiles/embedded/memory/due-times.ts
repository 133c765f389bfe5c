import { RecordArena } from './record-arena.ts';
import { blockShift } from './user-blocks.ts';

/**
 * When the sweep must look at a block of 64 users again: the earliest moment (Unix seconds) at which one of their
 * memberships begins or ends, or a link ends. Never later than the truth; earlier costs one look.
 */
export class DueTimes {
  readonly #blocks: RecordArena;

  /** Records of one word. */
  constructor(blocks = new RecordArena(1)) {
    this.#blocks = blocks;
  }

  get memoryBytes(): number {
    return this.#blocks.memoryBytes;
  }
  /** One behind the last block. */
  get end(): number {
    return this.#blocks.end;
  }

  /** A new user: its block exists from now on, and nothing of it is due. */
  addUser(user: number): void {
    while (this.#blocks.end <= blockOf(user)) this.#blocks.set(this.#blocks.allocate(), 0, neverDue);
  }
  notLaterThan(user: number, atS: number): void {
    const block = blockOf(user);
    if (atS < this.#blocks.get(block, 0)) this.#blocks.set(block, 0, atS);
  }
  /** Adds to `into` the blocks that are due at `nowS`, ascending. */
  listDue(nowS: number, into: number[]): void {
    const end = this.#blocks.end;
    for (let block = 1; block < end;) {
      const words = this.#blocks.chunkOf(block);
      const chunkEnd = Math.min(words.length, this.#blocks.offsetOf(block) + end - block);
      for (let at = this.#blocks.offsetOf(block); at < chunkEnd; at++, block++) if ((words[at] as number) <= nowS) into.push(block);
    }
  }
  /** Can anything of this user have begun or ended by now? */
  isDue(user: number, nowS: number): boolean {
    return this.#blocks.get(blockOf(user), 0) <= nowS;
  }
  dueAtS(block: number): number {
    return this.#blocks.get(block, 0);
  }
  setDue(block: number, atS: number): void {
    this.#blocks.set(block, 0, atS);
  }
  firstUser(block: number): number {
    return (block - 1) << blockShift;
  }
  endUser(block: number): number {
    return block << blockShift;
  }
}

const blockOf = (user: number): number => (user >>> blockShift) + 1;

/** As a due time: nothing ever becomes due. */
export const neverDue = 0xffff_ffff;
