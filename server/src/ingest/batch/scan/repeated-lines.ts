import { closeSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';

/** One entry: three words of hash and the line's number. */
const entryWords = 4;
const partitionBits = 8;
const partitions = 1 << partitionBits;
/** 8 KiB. */
const blockWords = 512 * entryWords;
const blockBytes = blockWords * 4;

/**
 * Memory that all scans under way share, in blocks that are used again: a thread that has nothing to do frees nothing, so what is left
 * to the collector would stay. Who finds none left writes what it holds to disk.
 */
export class ScanMemory {
  readonly #mostBlocks: number;
  readonly #free: Uint32Array[] = [];
  #blocks = 0;

  constructor(limitBytes: number) {
    this.#mostBlocks = Math.floor(limitBytes / blockBytes);
  }

  /** Blocks that somebody holds. */
  get held(): number {
    return this.#blocks - this.#free.length;
  }

  /** A block, with anything in it; null where all are held. @param must one beyond the limit rather than none */
  take(must: boolean): Uint32Array | null {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (!must && this.#blocks >= this.#mostBlocks) return null;
    this.#blocks += 1;
    return new Uint32Array(blockWords);
  }

  give(block: Uint32Array): void {
    if (this.#blocks > this.#mostBlocks) this.#blocks -= 1;
    else this.#free.push(block);
  }
}

/** A partition's entries that are in memory: whole blocks, and the last one as far as it is used. */
interface Partition {
  readonly blocks: Uint32Array[];
  last: Uint32Array;
  used: number;
}

/**
 * Finds lines that repeat an earlier one exactly, by their hashes: these are parted by their first bits into 256 lists, in memory and,
 * where that is short, in files, and each list is then looked through alone. So the memory does not grow with the file.
 */
export class RepeatedLines {
  readonly #memory: ScanMemory;
  readonly #path: string;
  readonly #partitions: Partition[] = [];
  #files: number[] | null = null;

  /** @param path prefix of the files' names */
  constructor(memory: ScanMemory, path: string) {
    this.#memory = memory;
    this.#path = path;
  }

  /** @param line its number, from 1, below 2^32; ascending from call to call */
  add(a: number, b: number, c: number, line: number): void {
    const partition = this.#partitions[a >>> (32 - partitionBits)] ?? this.#begin(a >>> (32 - partitionBits));
    if (partition.used === blockWords) this.#makeRoom(partition);
    const { last, used } = partition;
    last[used] = a;
    last[used + 1] = b;
    last[used + 2] = c;
    last[used + 3] = line;
    partition.used = used + entryWords;
  }

  /** One bit for each line that repeats an earlier one, or null where none does. Nothing can be added after it. @param lines the last line's number */
  finish(lines: number): Uint8Array | null {
    let repeats: Uint8Array | null = null;
    if (this.#files !== null) this.#spill();
    const search = new RepeatSearch();
    for (let i = 0; i < this.#partitions.length; i++) {
      const entries = this.#entriesOf(i, search);
      for (const line of search.repeatsAmong(entries)) {
        repeats ??= new Uint8Array((lines >>> 3) + 1);
        repeats[line >>> 3] = (repeats[line >>> 3] as number) | (1 << (line & 7));
      }
    }
    this.release();
    return repeats;
  }

  /** Gives memory and files back. */
  release(): void {
    for (const { blocks } of this.#partitions) for (const block of blocks) this.#memory.give(block);
    this.#partitions.length = 0;
    for (const file of this.#files ?? []) closeSync(file);
    if (this.#files !== null) for (let i = 0; i < partitions; i++) rmSync(this.#fileOf(i), { force: true });
    this.#files = null;
  }

  /** All lists begin with the first line: each has a block of its own from then on, however short memory is. */
  #begin(wanted: number): Partition {
    while (this.#partitions.length < partitions) {
      const last = this.#memory.take(true) as Uint32Array;
      this.#partitions.push({ blocks: [last], last, used: 0 });
    }
    return this.#partitions[wanted] as Partition;
  }

  /** Another block where there is one; else all lists go to disk. */
  #makeRoom(partition: Partition): void {
    const block = this.#memory.take(false);
    if (block === null) {
      this.#spill();
      return;
    }
    partition.blocks.push(block);
    partition.last = block;
    partition.used = 0;
  }

  #spill(): void {
    this.#files ??= Array.from({ length: partitions }, (_, i) => openSync(this.#fileOf(i), 'w+', 0o600));
    for (const [i, partition] of this.#partitions.entries()) {
      const { blocks } = partition;
      for (const block of blocks) writeAll(this.#files[i] as number, block, block === partition.last ? partition.used : blockWords);
      for (const block of blocks.splice(1)) this.#memory.give(block);
      partition.last = blocks[0] as Uint32Array;
      partition.used = 0;
    }
  }

  #entriesOf(i: number, search: RepeatSearch): Uint32Array {
    const file = this.#files?.[i];
    const { blocks, used } = this.#partitions[i] as Partition;
    if (file === undefined) {
      const entries = search.room((blocks.length - 1) * blockWords + used);
      for (const [at, block] of blocks.entries()) entries.set(at === blocks.length - 1 ? block.subarray(0, used) : block, at * blockWords);
      return entries;
    }
    const entries = search.room(statSync(this.#fileOf(i)).size / 4);
    const bytes = new Uint8Array(entries.buffer, 0, entries.byteLength);
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, bytes.length - at, at);
      if (read === 0) throw new Error('the file of line hashes is shorter than it was');
      at += read;
    }
    return entries;
  }

  #fileOf = (i: number): string => `${this.#path}.${i}`;
}

function writeAll(file: number, words: Uint32Array, count: number): void {
  const bytes = new Uint8Array(words.buffer, 0, count * 4);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Looks through one list after the other, in memory that is used again. */
class RepeatSearch {
  #entries = new Uint32Array(0);
  #slots = new Int32Array(0);

  /** Words for the next list. */
  room(words: number): Uint32Array {
    // Lists are about as long as each other: with a little more the next one fits too.
    if (words > this.#entries.length) this.#entries = new Uint32Array(Math.ceil(words * 1.1));
    return this.#entries.subarray(0, words);
  }

  /** The lines of a list, in which they stand in order, that repeat an earlier one. */
  repeatsAmong(entries: Uint32Array): number[] {
    const slots = this.#emptySlots(entries.length / entryWords);
    const mask = slots.length - 1;
    const repeats: number[] = [];
    for (let at = 0; at < entries.length; at += entryWords) {
      const a = entries[at] as number;
      const b = entries[at + 1] as number;
      const c = entries[at + 2] as number;
      let slot = b & mask;
      for (;;) {
        const held = (slots[slot] as number) - 1;
        if (held < 0) {
          slots[slot] = at + 1;
          break;
        }
        if (entries[held + 1] === b && entries[held + 2] === c && entries[held] === a) {
          repeats.push(entries[at + 3] as number);
          break;
        }
        slot = (slot + 1) & mask;
      }
    }
    return repeats;
  }

  #emptySlots(count: number): Int32Array {
    const wanted = 1 << Math.max(4, Math.ceil(Math.log2(count * 2 + 1)));
    if (wanted > this.#slots.length) this.#slots = new Int32Array(wanted);
    return this.#slots.subarray(0, wanted).fill(0);
  }
}

/** Does a line (from 1) repeat an earlier one? */
export const isRepeatIn = (repeats: Uint8Array, line: number): boolean => ((repeats[line >>> 3] ?? 0) & (1 << (line & 7))) !== 0;
