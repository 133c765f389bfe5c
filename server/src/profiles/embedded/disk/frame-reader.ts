import { Buffer } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { ProfileStoreDamaged } from '../../profile-store.ts';
import { decodeHeader, frameHeadBytes, headerBytes, isWholeFrame, readSequence, type FileHeader } from './frame.ts';

export interface Frame {
  readonly sequence: number;
  /** Where the frame begins in its file. */
  readonly offset: number;
  /** A view, valid until the next read; begins at a multiple of 4. */
  readonly payload: Buffer;
}
/** Why there is no frame at an offset. */
export interface FrameFailure {
  readonly offset: number;
  readonly reason: string;
}

/** Small enough that working through one piece does not hold up the event loop. */
const readBytes = 1 << 18;
const searchBytes = 1 << 22;

/** Reads the frames of a file one by one, checks each, and never skips. */
export class FrameReader {
  readonly path: string;
  readonly header: FileHeader;
  readonly size: number;
  readonly #file: FileHandle;
  #buffer = Buffer.from(new ArrayBuffer(readBytes));
  /** What of the file is in the buffer: from `#start` to `#end` (offsets in the file). */
  #start = 0;
  #end = 0;
  #at = headerBytes;

  private constructor(path: string, file: FileHandle, size: number, header: FileHeader) {
    this.path = path;
    this.#file = file;
    this.size = size;
    this.header = header;
  }

  /** Throws ProfileStoreDamaged where the file is missing or its header is not right. */
  static async open(path: string, magic: string): Promise<FrameReader> {
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new ProfileStoreDamaged(path, 0, 'the file is missing');
      throw cause;
    }
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.min(size, headerBytes));
      await readAll(file, bytes, 0, bytes.length, 0);
      const header = decodeHeader(bytes, magic);
      if (typeof header === 'string') throw new ProfileStoreDamaged(path, 0, header);
      return new FrameReader(path, file, size, header);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  /** The next frame, whose sequence must be `sequence`; null at the end of the file. */
  async next(sequence: number): Promise<Frame | FrameFailure | null> {
    const offset = this.#at;
    if (offset === this.size) return null;
    if (this.size - offset < frameHeadBytes) return { offset, reason: 'a record is cut off' };
    if (this.#end - offset < frameHeadBytes) await this.#fill(frameHeadBytes);
    const length = this.#buffer.readUInt32LE(offset - this.#start + 4);
    if (length === 0 || length % 4 !== 0) return { offset, reason: `a record cannot have ${length} bytes` };
    if (length > this.size - offset - frameHeadBytes) return { offset, reason: 'a record is cut off' };
    if (this.#end - offset < frameHeadBytes + length) await this.#fill(frameHeadBytes + length);
    const at = offset - this.#start;
    if (!isWholeFrame(this.#buffer, at, length, this.header.salt)) return { offset, reason: 'the checksum of a record is wrong' };
    const found = readSequence(this.#buffer, at + 8);
    if (found !== sequence) return { offset, reason: `record ${found} stands where ${sequence} is due` };
    this.#at = offset + frameHeadBytes + length;
    return { sequence, offset, payload: this.#buffer.subarray(at + frameHeadBytes, at + frameHeadBytes + length) };
  }

  /** Where, at any byte behind `offset`, a whole frame with this sequence or a later one begins; null: nowhere. */
  async findFrameBehind(offset: number, sequence: number): Promise<number | null> {
    const window = Buffer.alloc(searchBytes + frameHeadBytes);
    const highest = sequence + this.size / frameHeadBytes;
    for (let base = offset + 1; base + frameHeadBytes < this.size; base += searchBytes) {
      const length = Math.min(window.length, this.size - base);
      await readAll(this.#file, window, 0, length, base);
      for (let at = 0; at + frameHeadBytes < length && at < searchBytes; at++) {
        const low = readSequence(window, at + 8);
        if (low < sequence || low > highest) continue;
        if (await this.#isFrame(base + at, window.readUInt32LE(at + 4))) return base + at;
      }
    }
    return null;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #isFrame(offset: number, length: number): Promise<boolean> {
    if (length === 0 || length % 4 !== 0 || offset + frameHeadBytes + length > this.size) return false;
    const bytes = Buffer.alloc(frameHeadBytes + length);
    await readAll(this.#file, bytes, 0, bytes.length, offset);
    return isWholeFrame(bytes, 0, length, this.header.salt);
  }

  /** Has `wanted` bytes from the current place on in the buffer. */
  async #fill(wanted: number): Promise<void> {
    const kept = this.#buffer.subarray(this.#at - this.#start, Math.max(this.#end, this.#at) - this.#start);
    const target = wanted > this.#buffer.length ? Buffer.from(new ArrayBuffer(2 ** Math.ceil(Math.log2(wanted)))) : this.#buffer;
    if (this.#at < this.#end) kept.copy(target, 0);
    else this.#end = this.#at;
    this.#buffer = target;
    this.#start = this.#at;
    const have = this.#end - this.#start;
    const length = Math.min(target.length - have, this.size - this.#end);
    await readAll(this.#file, target, have, length, this.#end);
    this.#end += length;
  }
}

async function readAll(file: FileHandle, into: Buffer, at: number, length: number, position: number): Promise<void> {
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(into, at + done, length - done, position + done);
    if (bytesRead === 0) throw new Error('a file became shorter while it was read');
    done += bytesRead;
  }
}
