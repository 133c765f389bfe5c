import { createGunzip, type Gunzip } from 'node:zlib';
import { freePiece } from './free-piece.ts';
import { Interruption } from './interruption.ts';

/** What is wrong with a gzip file. */
export type GzipFault = 'cut short' | 'damaged';

/**
 * Unpacks gzip in pieces, no faster than they are taken. What the source throws comes through; the memory of its pieces is given back.
 * @param pieceBytes of what comes out, at most
 * @param faultOf makes the error of a file that cannot be unpacked
 */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  pieceBytes: number,
  faultOf: (fault: GzipFault, cause: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  feed(source, gunzip).catch((error: unknown) => gunzip.destroy(error as Error));
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw faultOf('cut short', error);
    if (code?.startsWith('Z_') === true) throw faultOf('damaged', error);
    throw error;
  } finally {
    gunzip.destroy();
  }
}

/** Each piece is used up before the next one is asked for; none is once nothing is unpacked any more. */
async function feed(source: AsyncIterable<Uint8Array>, gunzip: Gunzip): Promise<void> {
  // What is being unpacked when it fails is never told as written.
  const over = new Interruption<'closed'>();
  gunzip.once('close', () => over.end('closed'));
  for await (const piece of source) {
    const used = Promise.withResolvers<void>();
    gunzip.write(piece, () => used.resolve());
    if ((await over.during(used.promise)) === 'closed' || gunzip.destroyed) return;
    freePiece(piece);
  }
  gunzip.end();
}

/** Passes pieces on, and throws the fault instead of the one with which they become more than so many bytes. */
export async function* limitedTo(mostBytes: number, source: AsyncIterable<Uint8Array>, fault: () => Error): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > mostBytes) throw fault();
    yield piece;
  }
}
