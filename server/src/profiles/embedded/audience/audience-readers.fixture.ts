import { UserBlock, type BlockCollector, type BlockReader } from './block-reader.ts';

/** Counts visits, and shows each block twice: first as a reader beside a writer might see it in the middle of a change. */
export class UneasyReader implements BlockReader {
  readonly #reader: BlockReader;
  readonly #torn = new UserBlock();
  visits = 0;

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
  isDead(number: number): boolean {
    return this.#reader.isDead(number);
  }
  watch(number: number, on: boolean): void {
    this.#reader.watch(number, on);
  }
  copyKeyOf(user: number, into: Uint8Array, at: number): number {
    return this.#reader.copyKeyOf(user, into, at);
  }

  visit(block: number, collector: BlockCollector, low?: number, high?: number): void {
    this.visits += 1;
    const shown: BlockCollector = {
      collect: (right) => {
        collector.collect(this.#tornCopyOf(right));
        collector.collect(right);
      },
    };
    this.#reader.visit(block, shown, low, high);
  }

  /** Everybody known, memberships of the next user, and fewer or none of them. */
  #tornCopyOf(right: UserBlock): UserBlock {
    const torn = this.#torn;
    torn.firstUser = right.firstUser;
    torn.size = right.size;
    for (let i = 0; i < right.size; i++) {
      const other = right.counts[i + 1] === undefined || i + 1 >= right.size ? i : i + 1;
      torn.words[i] = right.words[other] ?? new Uint32Array(0);
      torn.offsets[i] = right.offsets[other] ?? 0;
      torn.counts[i] = Math.max(0, (right.known[other] === 1 ? (right.counts[other] ?? 0) : 0) - (i % 3));
      torn.known[i] = right.known[i] === 1 ? 1 : 0;
    }
    return torn;
  }
}
