import { Buffer } from 'node:buffer';

/** Of a name only so many bytes are kept: names that differ behind them are one. No segment has a code of such a length. */
export const mostNameBytes = 256;

/** Distinct names that a job's lines can hold, and the bytes of codes among them: names of nothing must not fill the memory. */
export const mostSegmentNames = 4_194_304;
const mostNameBytesKept = 268_435_456;

/** A job names more segments than can be told apart. */
export class TooManySegmentNames extends Error {
  constructor() {
    super(`a file cannot name more than ${mostSegmentNames} segments, nor codes of more than ${mostNameBytesKept} bytes together`);
  }
}

const firstNames = 64;
const slotsPerName = 2;
const fnvOffset = 0x811c_9dc5;
const fnvPrime = 0x0100_0193;

/**
 * Names of an owner, read from bytes, to dense numbers from 0 in order of their first sight. No text is made to look one up, and none is
 * lost: what was seen keeps its number.
 */
export class CodeNames {
  readonly #seed: number;
  readonly #mostBytes: number;
  /** Number + 1 by slot; 0 is free. */
  #slots = new Uint32Array(firstNames * slotsPerName);
  #hashes = new Int32Array(firstNames);
  #owners = new Float64Array(firstNames);
  #ends = new Float64Array(firstNames);
  #bytes = new Uint8Array(4096);
  #count = 0;

  /** @param seed mixed into the hash, so that nobody can choose names that fall together */
  constructor(seed: number, mostBytes: number = mostNameBytesKept) {
    this.#seed = seed;
    this.#mostBytes = mostBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** The number of a name, -1 for one that was not seen. */
  find(owner: number, bytes: Uint8Array, start: number, end: number): number {
    const last = Math.min(end, start + mostNameBytes);
    const hash = this.#hash(owner, bytes, start, last);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const name = (slots[slot] ?? 0) - 1;
      if (name < 0) return -1;
      if (this.#hashes[name] === hash && this.#owners[name] === owner && this.#has(name, bytes, start, last)) return name;
    }
  }

  /**
   * The next number, for a name that was not seen.
   * @throws TooManySegmentNames
   */
  add(owner: number, bytes: Uint8Array, start: number, end: number): number {
    const last = Math.min(end, start + mostNameBytes);
    const name = this.#count;
    const from = this.#startOf(name);
    const to = from + last - start;
    if (to > this.#mostBytes) throw new TooManySegmentNames();
    this.#count = name + 1;
    if (name === this.#hashes.length) this.#growNames();
    this.#makeRoom(to);
    this.#bytes.set(bytes.subarray(start, last), from);
    this.#hashes[name] = this.#hash(owner, bytes, start, last);
    this.#owners[name] = owner;
    this.#ends[name] = to;
    if (this.#count * slotsPerName > this.#slots.length) this.#growSlots();
    else this.#place(name);
    return name;
  }

  ownerOf(name: number): number {
    return this.#owners[name] ?? 0;
  }

  /** As Latin-1. */
  textOf(name: number): string {
    return Buffer.from(this.#bytes.buffer, this.#startOf(name), this.#endOf(name) - this.#startOf(name)).toString('latin1');
  }

  #startOf(name: number): number {
    return name === 0 ? 0 : this.#endOf(name - 1);
  }
  #endOf(name: number): number {
    return this.#ends[name] ?? 0;
  }

  #hash(owner: number, bytes: Uint8Array, start: number, end: number): number {
    let hash = fnvOffset ^ this.#seed ^ Math.imul(owner, fnvPrime);
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), fnvPrime);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x85eb_ca6b);
    return hash ^ (hash >>> 13);
  }

  #has(name: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#startOf(name);
    const length = end - start;
    if (this.#endOf(name) - from !== length) return false;
    const kept = this.#bytes;
    for (let at = 0; at < length; at++) if (kept[from + at] !== bytes[start + at]) return false;
    return true;
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const more = new Uint8Array(this.#bytes.length * 2);
    more.set(this.#bytes);
    this.#bytes = more;
  }

  #place(name: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (this.#hashes[name] ?? 0) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = name + 1;
  }

  #growNames(): void {
    const [hashes, owners, ends] = [this.#hashes, this.#owners, this.#ends];
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#hashes.set(hashes);
    this.#owners = new Float64Array(hashes.length * 2);
    this.#owners.set(owners);
    this.#ends = new Float64Array(hashes.length * 2);
    this.#ends.set(ends);
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let name = 0; name < this.#count; name++) this.#place(name);
  }
}
