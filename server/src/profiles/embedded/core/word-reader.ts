/** Reads what `WordWriter` wrote. Throws RangeError where it would read behind the end: what is read is damaged then. */
export class WordReader {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  #at = 0;

  /** The bytes must begin at a multiple of 4 of their buffer. */
  constructor(bytes: Uint8Array) {
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    // Never a Buffer: its slice does not copy.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get atEnd(): boolean {
    return this.#at >= this.#words.length;
  }
  /** Words read so far. */
  get at(): number {
    return this.#at;
  }

  word(): number {
    const word = this.#words[this.#at];
    if (word === undefined) throw new RangeError('it ends too early');
    this.#at += 1;
    return word;
  }
  words(count: number): Uint32Array {
    const end = this.#at + count;
    if (end > this.#words.length) throw new RangeError('it ends too early');
    const words = this.#words.subarray(this.#at, end);
    this.#at = end;
    return words;
  }
  bytes(): Uint8Array {
    const length = this.word();
    const start = this.#at * 4;
    this.words((length + 3) >>> 2);
    return this.#bytes.subarray(start, start + length);
  }
}
