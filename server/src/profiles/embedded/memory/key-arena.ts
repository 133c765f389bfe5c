import { longestKeyBytes } from '../../identifier-key.ts';
import { ChunkList } from './chunk-list.ts';

const chunkShift = 20;
const chunkBytes = 1 << chunkShift;
const chunkMask = chunkBytes - 1;

/**
 * Identifiers' own bytes, each once. A key is its length (one byte below 128, else two) and its bytes, never across two
 * chunks; its address is its offset over all chunks (4 GB at most). The room of a removed key is zeroed and used again by
 * the next key of the same length.
 */
export class KeyArena {
  readonly #list: ChunkList<Uint8Array>;
  readonly #chunks: Uint8Array[];
  readonly #freeByLength = new Map<number, number[]>();
  #end = 0;

  constructor(chunks = KeyArena.chunks()) {
    this.#list = chunks;
    this.#chunks = chunks.views;
  }

  static chunks(): ChunkList<Uint8Array> {
    return ChunkList.ofBytes(chunkBytes);
  }

  get memoryBytes(): number {
    return this.#list.bytes;
  }

  add(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const at = this.#room(length);
    const chunk = this.#chunks[at >>> chunkShift] as Uint8Array;
    let offset = at & chunkMask;
    if (length < 0x80) chunk[offset++] = length;
    else {
      chunk[offset++] = 0x80 | (length >>> 8);
      chunk[offset++] = length & 0xff;
    }
    for (let i = start; i < end; i++) chunk[offset++] = bytes[i] as number;
    return at;
  }

  remove(at: number): void {
    const chunk = this.#chunks[at >>> chunkShift] as Uint8Array;
    const offset = at & chunkMask;
    const length = lengthAt(chunk, offset);
    chunk.fill(0, offset, offset + prefixBytes(length) + length);
    const free = this.#freeByLength.get(length);
    if (free === undefined) this.#freeByLength.set(length, [at]);
    else free.push(at);
  }

  equals(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const chunk = this.#chunks[at >>> chunkShift] as Uint8Array;
    let offset = at & chunkMask;
    const length = lengthAt(chunk, offset);
    if (length !== end - start) return false;
    offset += prefixBytes(length);
    for (let i = start; i < end; i++) if (chunk[offset++] !== bytes[i]) return false;
    return true;
  }

  /** A key's bytes as a view; valid until the key is removed. */
  bytesOf(at: number): Uint8Array {
    const chunk = this.#chunks[at >>> chunkShift] as Uint8Array;
    const offset = at & chunkMask;
    const length = lengthAt(chunk, offset);
    const start = offset + prefixBytes(length);
    return chunk.subarray(start, start + length);
  }

  /** Writes a key's bytes at `to` and answers how many there are; a view for each would be dearer. */
  copy(at: number, into: Uint8Array, to: number): number {
    const chunk = this.#chunks[at >>> chunkShift] as Uint8Array;
    const offset = at & chunkMask;
    const length = lengthAt(chunk, offset);
    const start = offset + prefixBytes(length);
    for (let i = 0; i < length; i++) into[to + i] = chunk[start + i] as number;
    return length;
  }

  /** The first byte of a key: the kind of identifier. */
  tagOf(at: number): number {
    const chunk = this.#chunks[at >>> chunkShift] as Uint8Array;
    const offset = at & chunkMask;
    return chunk[offset + ((chunk[offset] as number) < 0x80 ? 1 : 2)] as number;
  }

  #room(length: number): number {
    if (length > longestKeyBytes) throw new RangeError(`a key of ${length} bytes is too long`);
    const free = this.#freeByLength.get(length)?.pop();
    if (free !== undefined) return free;
    const bytes = prefixBytes(length) + length;
    if ((this.#end & chunkMask) + bytes > chunkBytes) this.#end = ((this.#end >>> chunkShift) + 1) * chunkBytes;
    if (this.#end >= this.#chunks.length * chunkBytes) {
      if (this.#chunks.length === 4096) throw new RangeError('the identifiers fill 4 GB');
      this.#list.add();
    }
    const at = this.#end;
    this.#end = at + bytes;
    return at;
  }
}

const prefixBytes = (length: number): number => (length < 0x80 ? 1 : 2);

function lengthAt(chunk: Uint8Array, offset: number): number {
  const first = chunk[offset] as number;
  return first < 0x80 ? first : ((first & 0x7f) << 8) | (chunk[offset + 1] as number);
}
