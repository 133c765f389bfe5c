import { createHash } from 'node:crypto';

/** Which file it is, wherever it lies. */
export interface FileIdentity {
  readonly size: number;
  /** When it was last written, in milliseconds since 1970. A file that is made anew with the same content is another one. */
  readonly mtimeMs: number;
  /** SHA-256 of all of it, in hex. */
  readonly digest: string;
}

/** What one job is asked for: a second request of the same gets the same job. */
export interface JobRequest {
  /** Null: the caller's own. */
  readonly member: number | null;
  readonly validateOnly: boolean;
}

/** SHA-256 of a file. @param onRead told how many bytes have been read. Throws the signal's reason, and what reading the file throws. */
export async function digestOf(file: Blob, onRead: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const piece of file.stream()) {
    signal.throwIfAborted();
    hash.update(piece);
    read += piece.length;
    onRead(read);
  }
  return hash.digest('hex');
}

/**
 * The Idempotency-Key without its turn, which counts the jobs whose upload failed. The same file for the same member to the same end
 * has the same key, so that a command that is run again meets the job of the first run.
 */
export function keyOf({ member, validateOnly }: JobRequest, { size, mtimeMs, digest }: FileIdentity): string {
  const parts = [member ?? 'own', validateOnly ? 'validate' : 'load', size, Math.floor(mtimeMs), digest];
  return `foyer-cli-${createHash('sha256').update(parts.join('\n')).digest('hex')}`;
}
