/**
 * Writes 32-bit words and bytes (padded to words) into a buffer that grows and is used again. Words are little endian, as
 * every platform that Node runs on is.
 */
export class WordWriter {
  #words: Uint32Array;
  #bytes: Uint8Array;
  #end = 0;

  constructor(words: number) {
    this.#words = new Uint32Array(words);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  /** Words written so far. */
  get end(): number {
    return this.#end;
  }
  get byteLength(): number {
    return this.#end * 4;
  }

  clear(): void {
    this.#end = 0;
  }
  word(word: number): void {
    if (this.#end === this.#words.length) this.#grow(1);
    this.#words[this.#end++] = word;
  }
  setWord(at: number, word: number): void {
    this.#words[at] = word;
  }
  words(words: Uint32Array): void {
    if (this.#end + words.length > this.#words.length) this.#grow(words.length);
    this.#words.set(words, this.#end);
    this.#end += words.length;
  }
  /** The length as a word, then the bytes, padded with zeros. */
  bytes(bytes: Uint8Array): void {
    this.word(bytes.length);
    const words = (bytes.length + 3) >>> 2;
    if (words === 0) return;
    if (this.#end + words > this.#words.length) this.#grow(words);
    this.#words[this.#end + words - 1] = 0;
    this.#bytes.set(bytes, this.#end * 4);
    this.#end += words;
  }
  /** Everything written, as a view that is valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#end * 4);
  }

  #grow(by: number): void {
    let length = this.#words.length * 2;
    while (length < this.#end + by) length *= 2;
    const words = new Uint32Array(length);
    words.set(this.#words.subarray(0, this.#end));
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer);
  }
}
