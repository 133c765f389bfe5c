import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UnusableFile } from './audience-file.ts';
import { RecordEnds } from './record-ends.ts';

const readBytes = 1024 * 1024;

/** A stretch of a file that ends with a record. Each part is sent with the header before it. */
export interface FilePart {
  readonly start: number;
  readonly end: number;
}

/** A part as it goes over the wire. */
export interface PackedPart {
  readonly bytes: number;
  /** `sha-256=:…:` of the packed bytes (RFC 9530). */
  readonly contentDigest: string;
}

export interface CutOptions {
  readonly headerBytes: number;
  readonly size: number;
  /** How much a part may hold, the header included. */
  readonly partBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Cuts a CSV file between records, so that each part with the header holds at most `partBytes`. The same file is cut in the same way each
 * time: a part that a server has already is known to it by its digest. Throws UnusableFile for a record that fits into no part.
 */
export async function cutIntoParts(path: string, { headerBytes, size, partBytes, signal }: CutOptions): Promise<FilePart[]> {
  if (size <= partBytes) return [{ start: headerBytes, end: size }];
  const room = partBytes - headerBytes;
  const parts: FilePart[] = [];
  const ends = new RecordEnds();
  let start = headerBytes;
  let end = headerBytes;
  const recordEnd = (place: number): void => {
    if (place - start > room) {
      parts.push({ start, end });
      start = end;
    }
    if (place - start > room) throw new UnusableFile(`the record at byte ${start} is longer than a part may be`);
    end = place;
  };
  let at = headerBytes;
  for await (const piece of createReadStream(path, { start: headerBytes, highWaterMark: readBytes, signal })) {
    const begin = at;
    ends.feed(piece as Buffer, (place) => recordEnd(begin + place));
    at += (piece as Buffer).length;
  }
  if (end < size) recordEnd(size);
  return [...parts, { start, end: size }];
}

/** Packs the header and a part into a file of its own: a digest and a length must be known before the first byte goes out. */
export async function packPart(path: string, part: FilePart, headerBytes: number, into: string, signal: AbortSignal): Promise<PackedPart> {
  const header = await firstBytes(path, headerBytes);
  const digest = createHash('sha256');
  await pipeline(
    async function* () {
      yield header;
      if (part.end > part.start) yield* createReadStream(path, { start: part.start, end: part.end - 1, highWaterMark: readBytes });
    },
    createGzip(),
    async function* (packed: AsyncIterable<Buffer>) {
      for await (const piece of packed) {
        digest.update(piece);
        yield piece;
      }
    },
    createWriteStream(into, { mode: 0o600 }),
    { signal },
  );
  return { bytes: (await stat(into)).size, contentDigest: `sha-256=:${digest.digest('base64')}:` };
}

/** With a line's end, also where the file is nothing but a header without one. */
async function firstBytes(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const header = Buffer.alloc(bytes);
    await handle.read(header, 0, bytes, 0);
    return header.at(-1) === 0x0a ? header : Buffer.concat([header, Buffer.from('\r\n')]);
  } finally {
    await handle.close();
  }
}
