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

  /** All words and bytes, for who takes what follows without a view of it: see `skipWords` and `skipBytes`. */
  get allWords(): Uint32Array {
    return this.#words;
  }
  get allBytes(): Uint8Array {
    return this.#bytes;
  }

  word(): number {
    const word = this.#words[this.#at];
    if (word === undefined) throw new RangeError('it ends too early');
    this.#at += 1;
    return word;
  }
  /** Goes on behind so many words, and answers where they begin. */
  skipWords(count: number): number {
    const start = this.#at;
    if (start + count > this.#words.length) throw new RangeError('it ends too early');
    this.#at = start + count;
    return start;
  }
  /** Goes on behind `length` bytes, and answers where they begin; their length is the word before them. */
  skipBytes(length: number): number {
    return this.skipWords((length + 3) >>> 2) * 4;
  }
  words(count: number): Uint32Array {
    const start = this.skipWords(count);
    return this.#words.subarray(start, start + count);
  }
  bytes(): Uint8Array {
    const length = this.word();
    const start = this.skipBytes(length);
    return this.#bytes.subarray(start, start + length);
  }
}
