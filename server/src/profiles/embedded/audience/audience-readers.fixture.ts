import { type BlockCollector, type BlockReader, UserGroup } from './block-reader.ts';

/** Counts visits, and shows each block twice: first as a reader beside a writer might see it in the middle of a change. */
export class UneasyReader implements BlockReader {
  readonly #reader: BlockReader;
  visits = 0;
  /** Read in visits to users, not to blocks. */
  users = 0;
  /** What somebody does before each visit to users. */
  meanwhile: () => void = () => undefined;

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  get userEnd(): number {
    return this.#reader.userEnd;
  }
  get numberEnd(): number {
    return this.#reader.numberEnd;
  }
  isDue(block: number, nowS: number): boolean {
    return this.#reader.isDue(block, nowS);
  }
  dueBlocks(nowS: number): number[] {
    return this.#reader.dueBlocks(nowS);
  }
  mark(firstBlock: number, endBlock: number): void {
    this.#reader.mark(firstBlock, endBlock);
  }
  isDead(number: number): boolean {
    return this.#reader.isDead(number);
  }
  watch(number: number, on: boolean): void {
    this.#reader.watch(number, on);
  }
  copyKeyOf(name: number, into: Uint8Array, at: number): number {
    return this.#reader.copyKeyOf(name, into, at);
  }

  visit(block: number, collector: BlockCollector): void {
    this.visits += 1;
    this.#reader.visit(block, this.#tornFirst(collector));
  }

  /** Beside that, every other visit of several users finds that all but some of the first ones changed. */
  visitUsers(users: Uint32Array, count: number, collector: BlockCollector): number {
    this.visits += 1;
    this.meanwhile();
    const unchanged = this.#reader.visitUsers(users, count, this.#tornFirst(collector));
    const read = this.visits % 2 === 0 ? unchanged : 1 + (this.visits % unchanged);
    this.users += read;
    return read;
  }

  #tornFirst(collector: BlockCollector): BlockCollector {
    return {
      collect: (right) => {
        collector.collect(tornCopyOf(right));
        collector.collect(right);
      },
    };
  }
}

/** Everybody known, memberships of the next user, and fewer or none of them. */
function tornCopyOf(right: UserGroup): UserGroup {
  const torn = new UserGroup(right.memory);
  torn.size = right.size;
  for (let i = 0; i < right.size; i++) {
    const other = Math.min(i + 1, right.size - 1);
    torn.users[i] = right.users[i] as number;
    torn.unmoved[i] = i % 2;
    torn.known[i] = right.known[i] as number;
    torn.names[i] = right.names[other] as number;
    torn.slabs[i] = right.slabs[other] as number;
    torn.counts[i] = Math.max(0, (right.known[other] === 1 ? (right.counts[other] as number) : 0) - (i % 3));
  }
  return torn;
}
