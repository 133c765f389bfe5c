import { Buffer } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { seededRandom, segmentIds, userIdOf, wholeBelow } from './audience.ts';

/** Few users and segments: what the engine holds of the file is small, however long it is. */
const users = 100_000;
const distinctSegments = 10;
/** Of five digits. */
const fewestMinutes = 10_000;
const differentMinutes = 90_000;
const linesPerPiece = 50_000;
/** So many lines of a user follow each other. */
const linesPerVisit = 10;
/** One line in so many is the one before it once more. */
const repeatEvery = 1000;

export interface LargeFile {
  /** Of the text. */
  readonly bytes: number;
  /** At least so many lines repeat another one. */
  readonly repeats: number;
}

/** The longest user id, a segment, minutes, and what stands between them. */
const mostLineBytes = 36;
const zero = 0x30;
const colon = 0x3a;
const lineFeed = 0x0a;

/** A gzip of lines of one pair each, nearly all different, some 31 bytes long: written in pieces. */
export async function writeLargeFile(path: string, lines: number): Promise<LargeFile> {
  const writer = new LineWriter();
  let bytes = 0;
  let repeats = 0;
  function* pieces(): Generator<Buffer> {
    for (let left = lines; left > 0; left -= linesPerPiece) {
      const piece = writer.piece(Math.min(linesPerPiece, left));
      bytes += piece.length;
      repeats += Math.floor(Math.min(linesPerPiece, left) / repeatEvery);
      yield piece;
    }
  }
  await pipeline(Readable.from(pieces()), createGzip({ level: 1 }), createWriteStream(path));
  return { bytes, repeats };
}

/** Byte by byte: a hundred million strings would take longer than to load them. */
class LineWriter {
  readonly #random = seededRandom(6);
  readonly #ids = Array.from({ length: users }, (_, user) => Buffer.from(`${userIdOf(user)};`, 'latin1'));
  #id = Buffer.alloc(0);

  piece(lines: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(lines * mostLineBytes);
    let last = 0;
    let at = 0;
    for (let line = 1; line <= lines; line++) {
      const start = at;
      if (line % linesPerVisit === 1) this.#id = this.#ids[wholeBelow(this.#random, users)] ?? this.#id;
      if (line % repeatEvery === 0) at += bytes.copy(bytes, at, last, at);
      else at = this.#line(bytes, at);
      last = start;
    }
    return bytes.subarray(0, at);
  }

  #line(bytes: Buffer, start: number): number {
    const random = this.#random;
    let at = start + this.#id.copy(bytes, start);
    at = writeDigits(bytes, at, segmentIds[wholeBelow(random, distinctSegments)] ?? 0);
    bytes[at++] = colon;
    at = writeDigits(bytes, at, fewestMinutes + wholeBelow(random, differentMinutes));
    bytes[at++] = lineFeed;
    return at;
  }
}

/** A number of five digits. Answers the place behind it. */
function writeDigits(bytes: Buffer, start: number, number: number): number {
  let left = number;
  for (let at = start + 4; at >= start; at--) {
    bytes[at] = zero + (left % 10);
    left = Math.floor(left / 10);
  }
  return start + 5;
}
