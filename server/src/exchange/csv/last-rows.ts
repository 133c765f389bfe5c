import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSealed } from '../files/read-sealed.ts';
import { derivedKey } from '../files/secret-box.ts';
import { type SealedWriter, sealedWriter } from '../files/sealed-writer.ts';
import { keyOf, rowHeadBytes, type RowSpace, type SpacedRow, wholeRowBytes } from './row-space.ts';

const partitions = 64;
const partitionBits = 6;
const frameBytes = 32_768;
/** Keys that 64 ^ 8 partitions do not tell apart are the same key; more depth means a fault of ours. */
const mostDepth = 8;

/** Takes a row that remains; undefined: nothing to wait for. */
export type TakeRow = (row: SpacedRow) => Promise<void> | undefined;

/**
 * Of the rows with one key the last one (exchange.md section 3 rule 10), exactly, for any number of rows in constant memory: rows gather
 * in a space, and when it is full they go to partitions on disk by their keys' hash; each partition is then done in the same way. Few
 * rows never touch the disk. The order of what remains depends on the rows, the key and the space's size alone.
 */
export class LastRows {
  readonly #space: RowSpace;
  readonly #folder: string;
  readonly #key: Uint8Array;
  readonly #depth: number;
  /** By partition; empty until rows went to disk. */
  readonly #writers = new Map<number, SealedWriter>();

  /** @param space used by these rows alone until they are finished. folder: for partitions, made when they are needed */
  constructor(space: RowSpace, folder: string, key: Uint8Array, depth = 0) {
    if (depth > mostDepth) throw new Error('rows cannot be told apart by their hashes');
    this.#space = space;
    this.#folder = folder;
    this.#key = key;
    this.#depth = depth;
    // Nobody outside can tell which keys would meet, and the same job sees the same seed again.
    space.clear(Buffer.from(derivedKey(key, '', `partitions ${depth}`)).readUInt32LE());
  }

  /** Undefined: nothing to wait for. Rows are added one after the other. */
  add(key: string, rest: string): Promise<void> | undefined {
    if (this.#space.add(key, rest)) return undefined;
    const keyBytes = Buffer.from(key);
    return this.#addAgain(() => this.#space.add(key, rest), keyBytes, rowHeadBytes + keyBytes.length + Buffer.byteLength(rest));
  }

  /** Hands out what remains. */
  async finish(take: TakeRow): Promise<void> {
    if (this.#writers.size === 0) {
      for (const row of this.#space.rows()) {
        const waiting = take(row);
        if (waiting !== undefined) await waiting;
      }
      return;
    }
    await this.#spill();
    for (const writer of this.#writers.values()) await writer.finish({ sync: false });
    for (let number = 0; number < partitions; number++) {
      const writer = this.#writers.get(number);
      if (writer !== undefined) await this.#finishPart(writer.path, take);
    }
    await rm(this.#folder, { recursive: true });
  }

  async #finishPart(path: string, take: TakeRow): Promise<void> {
    const part = new LastRows(this.#space, `${path}.parts`, this.#key, this.#depth + 1);
    try {
      await part.#addFile(path);
      await part.finish(take);
    } catch (error) {
      await part.discard();
      throw error;
    }
    await rm(path);
  }

  /** Closes what is open after a failure; the folder is its owner's to remove. */
  async discard(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.discard();
  }

  async #addAgain(add: () => boolean, key: Buffer, rowBytes: number): Promise<void> {
    if (this.#space.makeRoom(key) && add()) return;
    await this.#spill();
    this.#space.growFor(rowBytes);
    if (!add()) throw new Error('a row has no room in an empty space');
  }

  async #spill(): Promise<void> {
    for (const row of this.#space.rows()) {
      const number = this.#space.hashOf(row) >>> (32 - partitionBits);
      const writer = this.#writers.get(number) ?? (await this.#openWriter(number));
      const waiting = writer.writeRange(row.bytes, row.at, row.end);
      if (waiting !== undefined) await waiting;
    }
    this.#space.clear();
  }

  async #openWriter(number: number): Promise<SealedWriter> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const writer = await sealedWriter(join(this.#folder, String(number)), this.#key, { frameBytes, digested: false });
    this.#writers.set(number, writer);
    return writer;
  }

  async #addFile(path: string): Promise<void> {
    for await (const bytes of wholeRows(readSealed(path, this.#key))) {
      for (let at = 0; at < bytes.length;) {
        const start = at;
        at += wholeRowBytes(bytes, start);
        const add = (): boolean => this.#space.addWhole(bytes, start, at);
        if (!add()) await this.#addAgain(add, keyOf(bytes, start), at - start);
      }
    }
  }
}

/** The same bytes, cut between rows. */
async function* wholeRows(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  // So many bytes are needed for the next row.
  let needed = rowHeadBytes;
  for await (const piece of pieces) {
    kept.push(piece);
    keptBytes += piece.length;
    if (keptBytes < needed) continue;
    const bytes = Buffer.concat(kept);
    let end = 0;
    needed = rowHeadBytes;
    while (end + rowHeadBytes <= bytes.length) {
      const length = wholeRowBytes(bytes, end);
      if (end + length > bytes.length) {
        needed = length;
        break;
      }
      end += length;
    }
    if (end > 0) yield bytes.subarray(0, end);
    kept = [bytes.subarray(end)];
    keptBytes = bytes.length - end;
  }
}
