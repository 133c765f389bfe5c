/** Lengths of key and rest stand in front of a row. */
export const rowHeadBytes = 8;
/** Marks a row whose place a later one has taken. */
const replaced = 0x8000_0000;

/** Where a row that is handed out stands. It is one object that moves on to the next row: what is wanted of it later is copied. */
export interface SpacedRow {
  readonly bytes: Buffer;
  /** The row begins here with its lengths, as `addWhole` takes it. */
  readonly at: number;
  readonly keyAt: number;
  readonly restAt: number;
  readonly end: number;
}

/** Memory for rows by their keys: a buffer of fixed size, and a table of where each key's last row stands. */
export class RowSpace {
  /** Rows that a later one with the same key took the place of, since the begin. */
  merged = 0;
  #bytes: Buffer;
  #filled = 0;
  #deadBytes = 0;
  #rows = 0;
  #seed = 0;
  /** Position of a row + 1; 0: free. */
  readonly #slots: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #mostRows: number;

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes);
    const slots = 2 ** Math.max(4, Math.ceil(Math.log2(bytes / 32)));
    this.#slots = new Uint32Array(slots);
    this.#hashes = new Uint32Array(slots);
    this.#mostRows = Math.floor(slots * 0.7);
  }

  /** Forgets all rows. @param seed of the hash by which keys are told apart from now on; absent: the same */
  clear(seed: number = this.#seed): void {
    if (this.#rows > 0) this.#slots.fill(0);
    this.#filled = 0;
    this.#deadBytes = 0;
    this.#rows = 0;
    this.#seed = seed;
  }

  /** False where there is no room. */
  add(key: string, rest: string): boolean {
    let most = rowHeadBytes + 3 * (key.length + rest.length);
    if (this.#filled + most > this.#bytes.length) most = rowHeadBytes + Buffer.byteLength(key) + Buffer.byteLength(rest);
    if (!this.#hasRoom(most)) return false;
    const at = this.#filled;
    const keyBytes = this.#bytes.write(key, at + rowHeadBytes);
    const restBytes = this.#bytes.write(rest, at + rowHeadBytes + keyBytes);
    this.#take(at, keyBytes, restBytes);
    return true;
  }

  /** The row in `bytes` from `start` to `end`, which was in a space before. False where there is no room. */
  addWhole(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#hasRoom(end - start)) return false;
    const at = this.#filled;
    bytes.copy(this.#bytes, at, start, end);
    const keyBytes = this.#bytes.readUInt32LE(at);
    this.#take(at, keyBytes, end - start - rowHeadBytes - keyBytes);
    return true;
  }

  /** The rows that no later one took the place of, in the order in which they came. The space must not change meanwhile. */
  *rows(): Generator<SpacedRow> {
    const bytes = this.#bytes;
    const row = { bytes, at: 0, keyAt: 0, restAt: 0, end: 0 };
    for (let at = 0; at < this.#filled; at = row.end) {
      row.at = at;
      row.keyAt = at + rowHeadBytes;
      row.restAt = row.keyAt + bytes.readUInt32LE(at);
      row.end = at + this.#lengthAt(at);
      if (!this.#isReplaced(at)) yield row;
    }
  }

  /** The hash of a row's key. */
  hashOf(row: SpacedRow): number {
    return this.#hash(row.bytes, row.keyAt, row.restAt);
  }

  /**
   * Makes room for a row with that key where it is cheap: the row whose place it takes goes, and so do those that were replaced before,
   * if they take half of the space or more. False where nothing was gained.
   */
  makeRoom(key: Buffer): boolean {
    const slot = this.#slotOf(key, 0, key.length, this.#hash(key, 0, key.length));
    const entry = this.#slots[slot] ?? 0;
    if (entry > 0) this.#replace(entry - 1);
    else if (this.#deadBytes * 2 < this.#filled || this.#filled === 0) return false;
    this.#compact();
    return true;
  }

  #compact(): void {
    let to = 0;
    for (let at = 0; at < this.#filled;) {
      const length = this.#lengthAt(at);
      if (!this.#isReplaced(at)) {
        this.#bytes.copyWithin(to, at, at + length);
        to += length;
      }
      at += length;
    }
    this.#filled = to;
    this.#deadBytes = 0;
    this.#slots.fill(0);
    this.#rows = 0;
    for (let at = 0; at < to; at += this.#lengthAt(at)) this.#place(at, this.#bytes.readUInt32LE(at));
  }

  /** Makes room for one row that no empty space of this size could take. */
  growFor(rowBytes: number): void {
    if (rowBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(rowBytes);
    this.#bytes.copy(larger, 0, 0, this.#filled);
    this.#bytes = larger;
  }

  #hasRoom(bytes: number): boolean {
    return this.#filled + bytes <= this.#bytes.length && this.#rows < this.#mostRows;
  }

  #take(at: number, keyBytes: number, restBytes: number): void {
    this.#bytes.writeUInt32LE(keyBytes, at);
    this.#bytes.writeUInt32LE(restBytes, at + 4);
    this.#filled = at + rowHeadBytes + keyBytes + restBytes;
    this.#place(at, keyBytes);
  }

  /** Puts the row into the table, in the place of an earlier one with its key. */
  #place(at: number, keyBytes: number): void {
    const keyAt = at + rowHeadBytes;
    const hash = this.#hash(this.#bytes, keyAt, keyAt + keyBytes);
    const slot = this.#slotOf(this.#bytes, keyAt, keyBytes, hash);
    const entry = this.#slots[slot] ?? 0;
    if (entry > 0) this.#replace(entry - 1);
    else this.#rows += 1;
    this.#slots[slot] = at + 1;
    this.#hashes[slot] = hash;
  }

  /** The slot of the key's row, or the free one where it belongs. */
  #slotOf(bytes: Buffer, keyAt: number, keyBytes: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0 || (this.#hashes[slot] === hash && this.#isSameKey(entry - 1, bytes, keyAt, keyBytes))) return slot;
    }
  }

  #replace(at: number): void {
    this.#deadBytes += this.#lengthAt(at);
    this.#bytes.writeUInt32LE((this.#bytes.readUInt32LE(at + 4) | replaced) >>> 0, at + 4);
    this.merged += 1;
  }

  #isReplaced(at: number): boolean {
    return this.#bytes.readUInt32LE(at + 4) >= replaced;
  }

  #lengthAt(at: number): number {
    return rowHeadBytes + this.#bytes.readUInt32LE(at) + (this.#bytes.readUInt32LE(at + 4) & ~replaced);
  }

  #isSameKey(at: number, other: Buffer, keyAt: number, keyBytes: number): boolean {
    const bytes = this.#bytes;
    if (bytes.readUInt32LE(at) !== keyBytes) return false;
    for (let offset = 0; offset < keyBytes; offset++) {
      if (bytes[at + rowHeadBytes + offset] !== other[keyAt + offset]) return false;
    }
    return true;
  }

  #hash(bytes: Buffer, start: number, end: number): number {
    let hash = this.#seed;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** How long the row is whose head stands there. */
export const wholeRowBytes = (bytes: Buffer, at: number): number => rowHeadBytes + bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4);

/** The key of the row whose head stands there. */
export const keyOf = (bytes: Buffer, at: number): Buffer => bytes.subarray(at + rowHeadBytes, at + rowHeadBytes + bytes.readUInt32LE(at));
