import { closeSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';

/** One entry: three words of hash and the line's number. */
const entryWords = 4;
const partitionBits = 8;
const partitions = 1 << partitionBits;
const firstEntries = 16;

/** Memory that all scans under way share. Who finds none left writes what it holds to disk. */
export class ScanMemory {
  readonly #limitBytes: number;
  #usedBytes = 0;
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#limitBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }
  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}

/** A partition's entries that are in memory. */
interface Partition {
  words: Uint32Array;
  used: number;
}

/**
 * Finds lines that repeat an earlier one exactly, by their hashes: these are parted by their first bits into 256 lists, in memory and,
 * where that is short, in files, and each list is then looked through alone. So the memory does not grow with the file.
 */
export class RepeatedLines {
  readonly #memory: ScanMemory;
  readonly #path: string;
  readonly #partitions: Partition[];
  #files: number[] | null = null;
  #heldBytes = 0;

  /** @param path prefix of the files' names */
  constructor(memory: ScanMemory, path: string) {
    this.#memory = memory;
    this.#path = path;
    this.#partitions = Array.from({ length: partitions }, () => ({ words: new Uint32Array(firstEntries * entryWords), used: 0 }));
  }

  /** @param line its number, from 1, below 2^32; ascending from call to call */
  add(a: number, b: number, c: number, line: number): void {
    const partition = this.#partitions[a >>> (32 - partitionBits)] as Partition;
    if (partition.used === partition.words.length) this.#makeRoom(partition);
    const { words, used } = partition;
    words[used] = a;
    words[used + 1] = b;
    words[used + 2] = c;
    words[used + 3] = line;
    partition.used = used + entryWords;
  }

  /** One bit for each line that repeats an earlier one, or null where none does. Nothing can be added after it. @param lines the last line's number */
  finish(lines: number): Uint8Array | null {
    let repeats: Uint8Array | null = null;
    if (this.#files !== null) this.#spill();
    for (let i = 0; i < partitions; i++) {
      const entries = this.#entriesOf(i);
      for (const line of repeatsAmong(entries)) {
        repeats ??= new Uint8Array((lines >>> 3) + 1);
        repeats[line >>> 3] = (repeats[line >>> 3] as number) | (1 << (line & 7));
      }
    }
    this.release();
    return repeats;
  }

  /** Gives memory and files back. */
  release(): void {
    this.#memory.give(this.#heldBytes);
    this.#heldBytes = 0;
    this.#partitions.length = 0;
    for (const file of this.#files ?? []) closeSync(file);
    if (this.#files !== null) for (let i = 0; i < partitions; i++) rmSync(this.#fileOf(i), { force: true });
    this.#files = null;
  }

  /** A larger list where there is memory; else all lists go to disk. */
  #makeRoom(partition: Partition): void {
    const { words } = partition;
    if (this.#files === null && this.#memory.take(words.byteLength)) {
      this.#heldBytes += words.byteLength;
      partition.words = new Uint32Array(words.length * 2);
      partition.words.set(words);
      return;
    }
    this.#spill();
  }

  #spill(): void {
    this.#files ??= Array.from({ length: partitions }, (_, i) => openSync(this.#fileOf(i), 'w+', 0o600));
    for (const [i, partition] of this.#partitions.entries()) {
      const file = this.#files[i] as number;
      const bytes = new Uint8Array(partition.words.buffer, 0, partition.used * 4);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      partition.used = 0;
    }
  }

  #entriesOf(i: number): Uint32Array {
    const file = this.#files?.[i];
    const partition = this.#partitions[i] as Partition;
    if (file === undefined) return partition.words.subarray(0, partition.used);
    const bytes = new Uint8Array(statSync(this.#fileOf(i)).size);
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, bytes.length - at, at);
      if (read === 0) throw new Error('the file of line hashes is shorter than it was');
      at += read;
    }
    return new Uint32Array(bytes.buffer);
  }

  #fileOf = (i: number): string => `${this.#path}.${i}`;
}

/** The lines of a list, in which they stand in order, that repeat an earlier one. */
function repeatsAmong(entries: Uint32Array): number[] {
  const count = entries.length / entryWords;
  const slots = new Int32Array(1 << Math.max(4, Math.ceil(Math.log2(count * 2 + 1))));
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

/** Does a line (from 1) repeat an earlier one? */
export const isRepeatIn = (repeats: Uint8Array, line: number): boolean => ((repeats[line >>> 3] ?? 0) & (1 << (line & 7))) !== 0;
