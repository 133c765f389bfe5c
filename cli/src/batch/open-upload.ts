import { randomUUID } from 'node:crypto';
import { createReadStream, openAsBlob, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { ByteProgress } from '../byte-progress.ts';
import type { Call } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { digestOf, type JobRequest, keyOf } from './file-identity.ts';
import type { FileToSend } from './send-file.ts';

export interface OpenUpload extends FileToSend {
  /** As it is called in messages. */
  readonly name: string;
  /** Bytes; null where its end is not known. */
  readonly size: number | null;
}

/**
 * The file of a command line, ready to be sent: `-` is stdin. What is no file, as a pipe, is sent once as it comes. Throws CommandFailure
 * where there is none. @param again it gets a job of its own, whatever was uploaded before
 */
export async function openUpload(call: Call, request: JobRequest, again: boolean, signal: AbortSignal): Promise<OpenUpload> {
  const operand = call.operands[0] ?? '';
  if (operand === '') throw new CommandFailure('FILE is empty; "-" reads stdin', exitCodes.usage);
  if (operand === '-') return streamed(request, 'stdin', call.surroundings.stdin);
  const path = resolve(call.surroundings.cwd, operand);
  const stats = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  if (stats.isDirectory()) throw new CommandFailure(`${path} is a directory; one file is uploaded at a time`, exitCodes.usage);
  if (!stats.isFile()) return streamed(request, path, createReadStream(path));
  const file = await openAsBlob(path);
  const key = again ? onceKey() : await keyOfFile(call, request, path, stats, file, signal);
  return { ...request, key, file, repeatable: true, name: path, size: file.size };
}

const onceKey = (): string => `foyer-cli-${randomUUID()}`;

const streamed = (request: JobRequest, name: string, stream: Readable): OpenUpload => ({
  ...request,
  key: onceKey(),
  file: Readable.toWeb(stream) as ReadableStream<Uint8Array<ArrayBuffer>>,
  repeatable: false,
  name,
  size: null,
});

async function keyOfFile(call: Call, request: JobRequest, path: string, { mtimeMs }: Stats, file: Blob, signal: AbortSignal) {
  const progress = new ByteProgress(call.surroundings.stderr, 'read', file.size, performance.now());
  try {
    const digest = await digestOf(file, (bytes) => progress.update(bytes, performance.now()), signal);
    return keyOf(request, { size: file.size, mtimeMs, digest });
  } catch (error) {
    throw error instanceof CommandFailure ? error : cannotRead(path, error);
  } finally {
    progress.finish();
  }
}

/** A Blob of a file says no more than that it cannot be read, which is so where the file was changed since it was opened. */
export function cannotRead(path: string, error: unknown): CommandFailure {
  const changed = error instanceof DOMException && error.name === 'NotReadableError';
  const fault = error instanceof Error ? error.message : String(error);
  const reason = changed ? 'it was changed or taken away meanwhile; nothing of it was loaded' : fault;
  return new CommandFailure(`cannot read ${path}: ${reason}`, exitCodes.failed, { cause: error });
}
