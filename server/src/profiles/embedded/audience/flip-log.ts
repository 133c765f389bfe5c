import { newWords } from '../memory/shared-words.ts';

/** Each on a cache line of its own: writer and reader do not take each other's. */
const headAt = 0;
const tailAt = 16;
const overflowedAt = 32;
const knownWatchedAt = 48;
const controlWords = 64;
const entryWords = 2;
/** 4 MB: about a quarter of a second of a first load with everything watched. Pages are taken only when they are written. */
const defaultEntries = 1 << 19;

/** In a log of flips: users becoming known or unknown, beside the numbers of segments, which begin at 1. */
export const knownUsers = 0;

/** What writer and reader share. Entries are two words: the user, then number * 2 + (1: it became counted). */
export interface FlipLogMemory {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly entries: Uint32Array<SharedArrayBuffer>;
}

/** @param entries a power of two, 2^30 at most */
export function newFlipLogMemory(entries = defaultEntries): FlipLogMemory {
  return { control: new Int32Array(new SharedArrayBuffer(controlWords * 4)), entries: newWords(entries * entryWords) };
}

/**
 * Tells the audience index what changed: a membership of a watched number that became counted or uncounted, a user that became
 * known or unknown. A ring with one writer (the engine) and one reader. Entries are published together at the end of a change: each
 * publication waits until all that was written before is seen by everybody, the words that the entries speak of too. So a reader
 * that has an entry, or drops it and reads the user later, sees at least that change.
 * The writer never waits for the reader: where the ring is full the entry is lost and the log marked, and the reader builds its
 * sets anew.
 */
export class FlipLog {
  readonly memory: FlipLogMemory;
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #entries: Uint32Array<SharedArrayBuffer>;
  readonly #capacity: number;
  #head = 0;
  #published = 0;
  /** The reader's place when last asked: it is behind the truth at most. */
  #tail = 0;

  constructor(memory: FlipLogMemory = newFlipLogMemory()) {
    this.memory = memory;
    this.#control = memory.control;
    this.#entries = memory.entries;
    this.#capacity = memory.entries.length / entryWords;
  }

  /** Are users that become known or unknown to be told? */
  get knownWatched(): boolean {
    return this.#control[knownWatchedAt] === 1;
  }
  get memoryBytes(): number {
    return this.#entries.length * 4;
  }

  add(user: number, number: number, counted: boolean): void {
    const head = this.#head;
    if (((head - this.#tail) | 0) >= this.#capacity) {
      this.#tail = Atomics.load(this.#control, tailAt);
      if (((head - this.#tail) | 0) >= this.#capacity) {
        // The entries before it first: a reader that sees the mark passes over them too.
        this.publish();
        Atomics.store(this.#control, overflowedAt, 1);
        return;
      }
    }
    const at = (head & (this.#capacity - 1)) * entryWords;
    this.#entries[at] = user;
    this.#entries[at + 1] = (number << 1) | (counted ? 1 : 0);
    this.#head = (head + 1) | 0;
  }

  /** At the end of each change: what was added is there for the reader. */
  publish(): void {
    if (this.#published === this.#head) return;
    this.#published = this.#head;
    Atomics.store(this.#control, headAt, this.#head);
  }
}

export interface FlipSink {
  flip(user: number, number: number, counted: boolean): void;
}

/** The other end of a `FlipLog`. */
export class FlipReader {
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #entries: Uint32Array<SharedArrayBuffer>;
  readonly #mask: number;
  #tail: number;

  constructor({ control, entries }: FlipLogMemory) {
    this.#control = control;
    this.#entries = entries;
    this.#mask = entries.length / entryWords - 1;
    this.#tail = Atomics.load(control, tailAt);
  }

  watchKnown(on: boolean): void {
    Atomics.store(this.#control, knownWatchedAt, on ? 1 : 0);
  }

  /**
   * Hands out all entries that are there, in order. False where some were lost: then none is handed out, the log begins anew,
   * and only what is read from memory from now on is true.
   */
  drain(into: FlipSink): boolean {
    const head = Atomics.load(this.#control, headAt);
    // After the head: an entry behind a lost one is published after the mark.
    if (Atomics.load(this.#control, overflowedAt) === 1) {
      // The mark first: what is lost from here on marks the log again. Then all entries before the lost one are passed over.
      Atomics.store(this.#control, overflowedAt, 0);
      this.#moveTo(Atomics.load(this.#control, headAt));
      return false;
    }
    const entries = this.#entries;
    for (let next = this.#tail; next !== head; next = (next + 1) | 0) {
      const at = (next & this.#mask) * entryWords;
      const word = entries[at + 1] as number;
      into.flip(entries[at] as number, word >>> 1, (word & 1) === 1);
    }
    this.#moveTo(head);
    return true;
  }

  #moveTo(head: number): void {
    if (this.#tail === head) return;
    this.#tail = head;
    Atomics.store(this.#control, tailAt, head);
  }
}
