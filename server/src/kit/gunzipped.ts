import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What is wrong with a gzip file. */
export type GzipFault = 'cut short' | 'damaged';

/**
 * Unpacks gzip in pieces, no faster than they are taken. What the source throws comes through.
 * @param pieceBytes of what comes out, at most
 * @param faultOf makes the error of a file that cannot be unpacked
 */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  pieceBytes: number,
  faultOf: (fault: GzipFault, cause: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(source, { objectMode: false });
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  packed.once('error', (error) => gunzip.destroy(error));
  try {
    for await (const piece of packed.pipe(gunzip)) yield piece as Uint8Array;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw faultOf('cut short', error);
    if (code?.startsWith('Z_') === true) throw faultOf('damaged', error);
    throw error;
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
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
