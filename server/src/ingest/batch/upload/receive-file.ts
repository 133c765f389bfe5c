import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { freePiece } from '../../../kit/free-piece.ts';
import { Interruption } from '../../../kit/interruption.ts';

export type Received =
  | { readonly outcome: 'whole'; readonly bytes: number }
  | { readonly outcome: 'too-large'; readonly bytes: number }
  /** The sender went away. */
  | { readonly outcome: 'cut-off' }
  | { readonly outcome: 'too-slow' };

export interface ReceiveLimits {
  readonly mostBytes: number;
  readonly longestMs: number;
  /** A sender that is silent for so long is gone. */
  readonly longestSilenceMs: number;
  /** Is the file synced to disk before it counts as there? */
  readonly sync: boolean;
}

/**
 * Writes a body into a file as it comes in; nothing is held but the piece under way, whose memory is given back. @param onBytes told how many are in the file
 */
export async function receiveFile(
  body: Readable,
  path: string,
  { mostBytes, longestMs, longestSilenceMs, sync }: ReceiveLimits,
  onBytes: (bytes: number) => void,
): Promise<Received> {
  const file = await open(path, 'w', 0o600);
  const over = new Interruption<'too-slow' | 'cut-off'>();
  const timer = setTimeout(() => over.end('too-slow'), longestMs);
  const silence = setTimeout(() => over.end('cut-off'), longestSilenceMs);
  // What is refused must not take the connection along: the sender is to read why.
  const pieces = body.iterator({ destroyOnReturn: false });
  try {
    let bytes = 0;
    for (;;) {
      const next = await over.during(pieces.next());
      if (typeof next === 'string') return { outcome: next };
      silence.refresh();
      if (next.done === true) break;
      const piece = next.value as Uint8Array;
      if (bytes + piece.length > mostBytes) return { outcome: 'too-large', bytes: bytes + piece.length };
      await file.writeFile(piece);
      bytes += piece.length;
      freePiece(piece);
      onBytes(bytes);
    }
    if (sync) await file.sync();
    return { outcome: 'whole', bytes };
  } catch (error) {
    if (isCutOff(error)) return { outcome: 'cut-off' };
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(silence);
    await file.close();
  }
}

const cutOffCodes = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNABORTED', 'EPIPE', 'ABORT_ERR']);
const isCutOff = (error: unknown): boolean => cutOffCodes.has((error as NodeJS.ErrnoException).code ?? '');
