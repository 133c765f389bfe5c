const headAt = 0;
/** On another cache line: the other thread's. */
const tailAt = 16;
const wakeAt = 32;
const controlWords = 48;

/** In place of a record's length: the ring goes on at its beginning. */
const skip = 0xffff_ffff;

/**
 * Records of 32-bit words from one thread to one other, in order, without a copy on the reading side. A record lies in one piece and begins
 * with its length in words. It is written in three steps: `reserve`, `complete`, and `publish` for all that are complete.
 * Nobody waits here: `reserve` says that there is no room, `next` that there is nothing.
 */
export class SharedRing {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly #control: Int32Array;
  readonly #mask: number;
  /** Writer: where the reserved record ends; reader: where the one at hand ends. Positions count on past the ring's end. */
  #pending = 0;
  /** Writer: where the last complete record ends. */
  #complete = 0;

  /** Over memory of `SharedRing.memory`. */
  constructor(memory: SharedArrayBuffer) {
    this.#control = new Int32Array(memory, 0, controlWords);
    this.words = new Uint32Array(memory, controlWords * 4);
    this.bytes = new Uint8Array(memory, controlWords * 4);
    this.#mask = this.words.length - 1;
  }

  /** `words`: a power of two. */
  static memory(words: number): SharedArrayBuffer {
    return new SharedArrayBuffer((controlWords + words) * 4);
  }

  /** Longest record in words that surely finds room once the reader has caught up. */
  get longestRecord(): number {
    return this.words.length >>> 1;
  }

  /** Writer: where a record of so many words may be written, or -1. It counts from `complete` on; another `reserve` takes its place until then. */
  reserve(words: number): number {
    const head = this.#complete;
    const free = this.words.length - ((head - Atomics.load(this.#control, tailAt)) | 0);
    const at = head & this.#mask;
    const left = this.words.length - at;
    const gap = words > left ? left : 0;
    if (words + gap > free) return -1;
    if (gap > 0) this.words[at] = skip;
    const start = gap > 0 ? 0 : at;
    this.words[start] = words;
    this.#pending = (head + gap + words) | 0;
    return start;
  }

  /** Writer: the reserved record is written. */
  complete(): void {
    this.#complete = this.#pending;
  }

  /** Writer: the reader sees all complete records. */
  publish(): void {
    Atomics.store(this.#control, headAt, this.#complete);
  }

  /** Reader: where the next record begins, or -1. It stays until `release`. */
  next(): number {
    let tail = Atomics.load(this.#control, tailAt);
    const head = Atomics.load(this.#control, headAt);
    if (tail === head) return -1;
    let at = tail & this.#mask;
    if (this.words[at] === skip) {
      tail = (tail + this.words.length - at) | 0;
      at = 0;
    }
    this.#pending = (tail + (this.words[at] as number)) | 0;
    return at;
  }

  /** Reader: the record's room may be used again. */
  release(): void {
    Atomics.store(this.#control, tailAt, this.#pending);
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#control, tailAt) === Atomics.load(this.#control, headAt);
  }

  /** Writer, after `publish`: must the reader be woken, or is a wake on its way already? */
  mustWake(): boolean {
    return Atomics.exchange(this.#control, wakeAt, 1) === 0;
  }
  /** Reader, before its last look: whatever comes from now on needs a wake. */
  awake(): void {
    Atomics.store(this.#control, wakeAt, 0);
  }
}
