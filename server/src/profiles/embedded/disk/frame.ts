import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/**
 * The form of logs and snapshots. A file is a header and frames, all words little endian.
 * Header, 40 bytes: magic (8 bytes), format version, file number, salt, sequence (2 words), Unix seconds, 0, checksum.
 * Frame: checksum, payload's length in bytes (a multiple of 4, not 0), sequence (2 words), payload. The checksum is CRC-32 over
 * all that follows it, begun with the file's salt, so that neither an older file's frame in reused disk blocks nor bytes that
 * a caller put into an identifier can pass for a frame of this file.
 */
export const headerBytes = 40;
export const frameHeadBytes = 16;
export const logMagic = 'FOYERLOG';
export const snapshotMagic = 'FOYERSNP';
/** What is read, the last one of which is written. Snapshots of version 1 have no movements; core/load-block.ts reads both. */
const formatVersions: Readonly<Record<string, readonly number[]>> = { [logMagic]: [1], [snapshotMagic]: [1, 2] };

export interface FileHeader {
  readonly magic: string;
  readonly number: number;
  readonly salt: number;
  /** Log: the first frame's. Snapshot: that of the first log frame that it does not hold. */
  readonly sequence: number;
  readonly atS: number;
}

export function encodeHeader(header: FileHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(header.magic, 'latin1');
  bytes.writeUInt32LE(formatVersions[header.magic]?.at(-1) ?? 0, 8);
  bytes.writeUInt32LE(header.number, 12);
  bytes.writeUInt32LE(header.salt, 16);
  writeSequence(bytes, 20, header.sequence);
  bytes.writeUInt32LE(header.atS, 28);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 36)), 36);
  return bytes;
}

/** The header, or the reason why it cannot be one. */
export function decodeHeader(bytes: Buffer, magic: string): FileHeader | string {
  if (bytes.length < headerBytes) return 'the header is cut off';
  if (bytes.toString('latin1', 0, 8) !== magic) return 'this is another kind of file';
  if (crc32(bytes.subarray(0, 36)) !== bytes.readUInt32LE(36)) return 'the checksum of the header is wrong';
  const version = bytes.readUInt32LE(8);
  if (!formatVersions[magic]?.includes(version)) return `format version ${version} is not known here`;
  const [number, salt, atS] = [bytes.readUInt32LE(12), bytes.readUInt32LE(16), bytes.readUInt32LE(28)];
  return { magic, number, salt, sequence: readSequence(bytes, 20), atS };
}

/** Fills in the head of a frame that stands at the beginning of `frame`; `more` is payload that stands elsewhere. */
export function sealFrame(frame: Buffer, salt: number, sequence: number, more?: Uint8Array): void {
  frame.writeUInt32LE(frame.length - frameHeadBytes + (more?.length ?? 0), 4);
  writeSequence(frame, 8, sequence);
  const sum = crc32(frame.subarray(4), salt);
  frame.writeUInt32LE(more === undefined ? sum : crc32(more, sum), 0);
}

/** Is the frame at `at`, all of which is in `bytes`, whole? */
export function isWholeFrame(bytes: Buffer, at: number, length: number, salt: number): boolean {
  return crc32(bytes.subarray(at + 4, at + frameHeadBytes + length), salt) === bytes.readUInt32LE(at);
}

/** Writes all of the bytes: a single write may take fewer. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

export function writeAllSync(file: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

export const readSequence = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;

function writeSequence(bytes: Buffer, at: number, sequence: number): void {
  bytes.writeUInt32LE(sequence % 2 ** 32, at);
  bytes.writeUInt32LE(Math.floor(sequence / 2 ** 32), at + 4);
}
