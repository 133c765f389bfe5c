import { Buffer } from 'node:buffer';
import { inflateRawSync } from 'node:zlib';
import { UnreadableFile } from '../scan/unpacked-text.ts';

/** A block of a container file is read whole: a file with longer ones, packed or unpacked, is refused. */
const mostBlockBytes = 64 * 2 ** 20;
const mostHeaderBytes = 1_048_576;
const mostVarintBytes = 10;
const syncBytes = 16;
const magic = Buffer.from('Obj\u0001', 'latin1');

/** What a container file begins with. */
export interface AvroHeader {
  /** The writer's schema, as JSON. */
  readonly schema: string;
  readonly codec: 'null' | 'deflate';
  readonly sync: Buffer;
}

/** Records that stand together, not decoded. */
export interface AvroBlock {
  readonly count: number;
  /** Unpacked. */
  readonly data: Buffer;
}

/**
 * Takes an Avro object container file apart as it comes in (Apache Avro specification, "Object Container Files"): one block is in
 * memory at a time, whatever the file's length. A library that decodes blocks by itself bounds none of them.
 */
export class AvroContainer {
  #held = Buffer.alloc(0);
  #at = 0;
  /** Pieces behind what is held, joined with it when there are enough bytes to go on. */
  #coming: Uint8Array[] = [];
  #comingBytes = 0;
  #neededBytes = 0;
  #header: AvroHeader | null = null;
  #blocks = 0;

  get header(): AvroHeader | null {
    return this.#header;
  }

  push(piece: Uint8Array): void {
    this.#coming.push(piece);
    this.#comingBytes += piece.length;
  }

  /** Reads on as far as the pieces go. @throws UnreadableFile */
  *blocks(): Generator<AvroBlock> {
    if (this.#held.length - this.#at + this.#comingBytes < this.#neededBytes) return;
    this.#held = Buffer.concat([this.#held.subarray(this.#at), ...this.#coming]);
    this.#at = 0;
    this.#coming = [];
    this.#comingBytes = 0;
    this.#neededBytes = 0;
    if (this.#header === null && !this.#readHeader()) return;
    for (let block = this.#readBlock(); block !== null; block = this.#readBlock()) yield block;
  }

  /** The file is over. @throws UnreadableFile where a part of it is missing */
  finish(): void {
    if (this.#header === null || this.#at < this.#held.length || this.#comingBytes > 0)
      throw new UnreadableFile('the Avro file is cut short');
  }

  #readHeader(): boolean {
    const reading = new Reading(this.#held, 0);
    if (!reading.has(magic.length)) return false;
    reading.bytes(magic.length);
    const metadata = new Map<string, Buffer>();
    for (;;) {
      let count = reading.long();
      if (count === null) return this.#wait(mostHeaderBytes, 'header');
      if (count === 0) break;
      if (count < 0) {
        count = -count;
        if (reading.long() === null) return this.#wait(mostHeaderBytes, 'header');
      }
      for (; count > 0; count--) {
        const key = reading.sized(mostHeaderBytes);
        const value = key === null ? null : reading.sized(mostHeaderBytes);
        if (key === null || value === null) return this.#wait(mostHeaderBytes, 'header');
        metadata.set(key.toString('utf8'), value);
      }
    }
    if (!reading.has(syncBytes)) return this.#wait(mostHeaderBytes, 'header');
    const sync = Buffer.from(reading.bytes(syncBytes));
    this.#header = { schema: metadata.get('avro.schema')?.toString('utf8') ?? '', codec: codecOf(metadata.get('avro.codec')), sync };
    this.#at = reading.at;
    return true;
  }

  #readBlock(): AvroBlock | null {
    const header = this.#header;
    const reading = new Reading(this.#held, this.#at);
    if (header === null || this.#at === this.#held.length) return null;
    const count = reading.long();
    const size = count === null ? null : reading.long();
    if (count === null || size === null) return null;
    if (count < 0 || size < 0 || size > mostBlockBytes) throw damaged(this.#blocks);
    if (!reading.has(size + syncBytes)) {
      this.#neededBytes = reading.at - this.#at + size + syncBytes;
      return null;
    }
    const packed = reading.bytes(size);
    if (!reading.bytes(syncBytes).equals(header.sync)) throw damaged(this.#blocks);
    this.#at = reading.at;
    this.#blocks += 1;
    return { count, data: header.codec === 'null' ? packed : inflated(packed, this.#blocks) };
  }

  /** More is needed; not without bound. */
  #wait(most: number, part: string): false {
    if (this.#held.length > most) throw new UnreadableFile(`the Avro file's ${part} is longer than ${most} bytes`);
    return false;
  }
}

const damaged = (block: number, cause?: unknown): UnreadableFile =>
  new UnreadableFile(`the Avro file is damaged in its block ${block}`, cause === undefined ? undefined : { cause });

function inflated(packed: Buffer, block: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: mostBlockBytes });
  } catch (error) {
    throw damaged(block, error);
  }
}

function codecOf(name: Buffer | undefined): AvroHeader['codec'] {
  const codec = name?.toString('utf8') ?? 'null';
  if (codec === 'null' || codec === 'deflate') return codec;
  throw new UnreadableFile(`the Avro file's codec is '${codec.slice(0, 40)}'; null and deflate are understood`);
}

/** Reads parts of a buffer that may not be there whole: null where they are not. */
class Reading {
  readonly #buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.at = at;
  }

  has(bytes: number): boolean {
    return this.at + bytes <= this.#buffer.length;
  }

  bytes(count: number): Buffer {
    this.at += count;
    return this.#buffer.subarray(this.at - count, this.at);
  }

  sized(most: number): Buffer | null {
    const size = this.long();
    if (size === null) return null;
    if (size < 0 || size > most) throw new UnreadableFile('the header of the Avro file is damaged');
    return this.has(size) ? this.bytes(size) : null;
  }

  /** A zigzag number. @throws UnreadableFile beyond 2^53 */
  long(): number | null {
    let value = 0n;
    for (let byte = 0; byte < mostVarintBytes; byte++) {
      const read = this.#buffer[this.at + byte];
      if (read === undefined) return null;
      value |= BigInt(read & 0x7f) << BigInt(byte * 7);
      if (read >= 0x80) continue;
      this.at += byte + 1;
      const number = Number((value >> 1n) ^ -(value & 1n));
      if (!Number.isSafeInteger(number)) break;
      return number;
    }
    throw new UnreadableFile('the Avro file holds a length that cannot be');
  }
}
