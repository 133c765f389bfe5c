/** Lines longer than this are refused and passed over; only their begin is kept. */
export const longestLineBytes = 1_048_576;
/** How much text a block holds, if its lines are not longer. */
export const blockBytes = 131_072;

/** Whole lines of a text. Valid until the next block is asked for. */
export interface LineBlock {
  /** Memory of the splitter; `end` is behind the last line's LF, or at the end of a text that ends without one. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** A single line that is too long, of which only the begin is here. */
  readonly oversize: boolean;
}

const lf = 0x0a;

/**
 * Cuts a text that comes in pieces of any size into blocks of whole lines. Where the cuts are depends on the text alone, so that a
 * job that is begun anew makes the same chunks of it.
 */
export class LineBlocks {
  #bytes = new Uint8Array(blockBytes * 4);
  #start = 0;
  #end = 0;
  /** No LF is before this place. */
  #searched = 0;
  #ended = false;
  /** The rest of a line that is too long is passed over. */
  #skipping = false;

  /** Takes a piece; the blocks in it must be asked for before the next one. */
  push(piece: Uint8Array): void {
    if (this.#start > 0) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#searched -= this.#start;
      this.#start = 0;
    }
    if (this.#end + piece.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + piece.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#end);
    this.#end += piece.length;
  }

  /** The text is over: what is left is the last block. */
  finish(): void {
    this.#ended = true;
  }

  /** The next block, or undefined where more text is needed or there is none. */
  next(): LineBlock | undefined {
    if (this.#skipping && !this.#skip()) return undefined;
    const held = this.#end - this.#start;
    if (held === 0) return undefined;
    if (held < blockBytes && !this.#ended) return undefined;
    const cut = this.#cut(held);
    if (cut > 0) return this.#take(cut, false);
    if (held <= longestLineBytes && !this.#ended) return undefined;
    if (held <= longestLineBytes) return this.#take(this.#end, false);
    const block = this.#take(this.#start + longestLineBytes, true);
    this.#skipping = true;
    return block;
  }

  /** Behind the last LF of the first `blockBytes`; else behind the first one. 0 where there is none. */
  #cut(held: number): number {
    const limit = this.#start + Math.min(held, blockBytes);
    if (this.#searched < limit) {
      if (held <= blockBytes && this.#ended) return this.#end;
      const last = this.#bytes.subarray(this.#start, limit).lastIndexOf(lf);
      if (last >= 0) return this.#start + last + 1;
      this.#searched = limit;
    }
    const most = Math.min(this.#end, this.#start + longestLineBytes);
    const found = this.#bytes.subarray(this.#searched, most).indexOf(lf);
    if (found >= 0) return this.#searched + found + 1;
    this.#searched = most;
    return 0;
  }

  #take(end: number, oversize: boolean): LineBlock {
    const block = { bytes: this.#bytes, start: this.#start, end, oversize };
    this.#start = end;
    this.#searched = end;
    return block;
  }

  /** True where the end of the long line was passed. */
  #skip(): boolean {
    const found = this.#bytes.subarray(this.#start, this.#end).indexOf(lf);
    this.#start = found < 0 ? this.#end : this.#start + found + 1;
    this.#searched = this.#start;
    this.#skipping = found < 0;
    return found >= 0;
  }
}
