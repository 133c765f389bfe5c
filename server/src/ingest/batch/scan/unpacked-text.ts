import { gunzipped, limitedTo } from '../../../kit/gunzipped.ts';

/** A file cannot be read: the job ends in `validating-error` with this text. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/** Archives that are not understood (ingest.md section 4.2), by their first bytes. */
const archives: readonly { readonly name: string; readonly begin: readonly number[] }[] = [
  { name: 'zip', begin: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'zip', begin: [0x50, 0x4b, 0x05, 0x06] },
  { name: 'bzip2', begin: [0x42, 0x5a, 0x68] },
  { name: 'xz', begin: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'zstd', begin: [0x28, 0xb5, 0x2f, 0xfd] },
];
const gzipBegin = [0x1f, 0x8b];
const avroBegin = [0x4f, 0x62, 0x6a, 0x01];
const longestBegin = 6;

/** A file without its packing. */
export interface UnpackedText {
  readonly gzipped: boolean;
  readonly format: 'text' | 'avro';
  /** Its bytes, once. Throws UnreadableFile. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * Finds out what a file is and unpacks it, piece by piece. Several gzip members one behind the other are one text.
 * @param limitBytes so long the text may be: a small file can unpack to anything
 * @throws UnreadableFile for other archives
 */
export async function unpackedText(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<UnpackedText> {
  const pieces = source[Symbol.asyncIterator]();
  return recognised({ [Symbol.asyncIterator]: () => pieces }, limitBytes).catch(async (error: unknown) => {
    // Nobody reads on, and whoever holds the file open is to close it.
    await pieces.return?.();
    throw error;
  });
}

async function recognised(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<UnpackedText> {
  const file = await begun(source);
  refuseArchives(file.begin);
  if (!beginsWith(file.begin, gzipBegin)) return described(file, false, limitBytes);
  const text = await begun(
    gunzipped(file.pieces, unpackedPieceBytes, (fault, cause) => new UnreadableFile(`the gzip file is ${fault}`, { cause })),
  );
  refuseArchives(text.begin);
  if (beginsWith(text.begin, gzipBegin)) throw new UnreadableFile('the file is gzipped twice; send it gzipped once or as it is');
  return described(text, true, limitBytes);
}

const described = ({ begin, pieces }: Begun, gzipped: boolean, limitBytes: number): UnpackedText => ({
  gzipped,
  format: beginsWith(begin, avroBegin) ? 'avro' : 'text',
  pieces: limitedTo(
    limitBytes,
    pieces,
    () => new UnreadableFile(`the file unpacks to more than ${limitBytes} bytes (FOYER_BATCH_TEXT_BYTES)`),
  ),
});

interface Begun {
  readonly begin: Uint8Array;
  /** All of it, the begin too. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

async function begun(source: AsyncIterable<Uint8Array>): Promise<Begun> {
  const pieces = source[Symbol.asyncIterator]();
  let begin = new Uint8Array(0);
  while (begin.length < longestBegin) {
    const next = await pieces.next();
    if (next.done === true) break;
    const joined = new Uint8Array(begin.length + next.value.length);
    joined.set(begin);
    joined.set(next.value, begin.length);
    begin = joined;
  }
  return { begin, pieces: again(begin, pieces) };
}

async function* again(begin: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (begin.length > 0) yield begin;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

const unpackedPieceBytes = 262_144;

function refuseArchives(begin: Uint8Array): void {
  const found = archives.find((archive) => beginsWith(begin, archive.begin));
  if (found) throw new UnreadableFile(`the file is a ${found.name} archive; only gzip is understood`);
}

const beginsWith = (bytes: Uint8Array, begin: readonly number[]): boolean =>
  bytes.length >= begin.length && begin.every((byte, at) => bytes[at] === byte);
