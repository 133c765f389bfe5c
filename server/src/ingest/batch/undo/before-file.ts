import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { operationWords } from '../../../profiles/packed-batch.ts';
import { beforeKind, beforeWords } from '../../../profiles/before-image.ts';
import type { ParsedColumns } from '../parse/parsed-chunk.ts';

/**
 * A record is one chunk, in words of 32 bits: its length, the chunk's number, users, operations, bytes of keys; for each user the end of its
 * key and of its operations; the operations (`imageWords` each); the keys, padded; its length again, so that the file can be read
 * from its end.
 */
const headWords = 5;
/** Segment, addedAtS and lifetime of what the job did (the lifetime may be the mark of a removal); what was there before, as `ApplyResult.before` has it. */
export const imageWords = 3 + beforeWords;
/** Where in an image the words of what was before begin. */
export const beforeAt = 3;
const syncEvery = 32;

/** Before-images of a chunk: only operations that changed something, and their users. */
export interface ChunkImages {
  readonly sequence: number;
  readonly userKeyEnds: Uint32Array;
  readonly userImageEnds: Uint32Array;
  /** `imageWords` for each operation. */
  readonly images: Uint32Array;
  readonly keys: Uint8Array;
}

/** The before-images of a job, written one chunk behind the other. A job that goes on after a crash writes behind what is there. */
export class BeforeFile {
  readonly #file: number;
  readonly #sync: boolean;
  #bytes: number;
  #last: number;
  #synced: number;

  constructor(path: string, sync: boolean) {
    this.#sync = sync;
    this.#file = openSync(path, 'a+', 0o600);
    const { bytes, sequence } = wholeRecords(this.#file);
    this.#bytes = bytes;
    this.#last = sequence;
    this.#synced = sequence;
    ftruncateSync(this.#file, bytes);
  }

  get bytes(): number {
    return this.#bytes;
  }
  /** The images of chunks up to this one are on disk. */
  get syncedUpTo(): number {
    return this.#synced;
  }

  /** @param before five words an operation, or null where the chunk had been written to this file before the server ended */
  add(sequence: number, columns: ParsedColumns, before: Uint32Array | null): void {
    if (sequence <= this.#last) return;
    if (before === null) throw new Error(`the before-images of chunk ${sequence} are missing`);
    const record = recordOf(sequence, columns, before);
    for (let at = 0; at < record.length;) at += writeSync(this.#file, record, at);
    this.#bytes += record.length;
    this.#last = sequence;
    if (sequence - this.#synced >= syncEvery) this.#flush();
  }

  /** Answers the file's length in bytes. */
  close(): number {
    this.#flush();
    closeSync(this.#file);
    return this.#bytes;
  }

  #flush(): void {
    if (this.#sync) fsyncSync(this.#file);
    this.#synced = this.#last;
  }
}

function recordOf(sequence: number, columns: ParsedColumns, before: Uint32Array): Uint8Array {
  const { operations, operationCount, keys, userKeyEnds, userOperationEnds, userCount } = columns;
  let images = 0;
  for (let at = 0; at < operationCount; at++) if (before[at * beforeWords] !== beforeKind.unchanged) images += 1;
  const keyBytes = userCount === 0 ? 0 : (userKeyEnds[userCount - 1] as number);
  const words = headWords + userCount * 2 + images * imageWords + ((keyBytes + 3) >>> 2) + 1;
  const record = new Uint32Array(words);
  record.set([words, sequence, userCount, images, keyBytes]);
  record.set(userKeyEnds.subarray(0, userCount), headWords);
  let to = headWords + userCount * 2;
  let operation = 0;
  let image = 0;
  for (let user = 0; user < userCount; user++) {
    for (const end = userOperationEnds[user] as number; operation < end; operation++) {
      const from = operation * beforeWords;
      if (before[from] === beforeKind.unchanged) continue;
      record[to] = operations[operation * operationWords] as number;
      record[to + 1] = operations[operation * operationWords + 2] as number;
      record[to + 2] = operations[operation * operationWords + 3] as number;
      for (let word = 0; word < beforeWords; word++) record[to + beforeAt + word] = before[from + word] as number;
      to += imageWords;
      image += 1;
    }
    record[headWords + userCount + user] = image;
  }
  const bytes = new Uint8Array(record.buffer);
  bytes.set(keys.subarray(0, keyBytes), to * 4);
  record[words - 1] = words;
  return bytes;
}

/** How far whole records go; a crash may have cut the last one. */
function wholeRecords(file: number): { readonly bytes: number; readonly sequence: number } {
  const { size } = fstatSync(file);
  const head = new Uint32Array(2);
  let bytes = 0;
  let sequence = 0;
  while (bytes + headWords * 4 <= size) {
    readSync(file, head, 0, 8, bytes);
    const end = bytes + (head[0] as number) * 4;
    if ((head[0] as number) <= headWords || end > size) break;
    sequence = head[1] as number;
    bytes = end;
  }
  return { bytes, sequence };
}

/** Images of one chunk, and how much of the file is left to be read. */
export interface ReadImages {
  readonly images: ChunkImages;
  readonly bytes: number;
  readonly bytesLeft: number;
}

/** Reads the file from its end: the newest chunk first. One record is in memory at a time. */
export function* newestImages(path: string): Generator<ReadImages> {
  const file = openSync(path, 'r');
  try {
    const length = new Uint32Array(1);
    const { size } = fstatSync(file);
    for (let end = size; end > 0;) {
      readSync(file, length, 0, 4, end - 4);
      const bytes = (length[0] as number) * 4;
      if (bytes <= headWords * 4 || bytes > end) throw new Error('the before-images are damaged');
      const record = new Uint32Array(bytes / 4);
      const read = readSync(file, record, 0, bytes, end - bytes);
      if (read !== bytes || record[0] !== length[0]) throw new Error('the before-images are damaged');
      end -= bytes;
      yield { images: imagesOf(record), bytes: size, bytesLeft: end };
    }
  } finally {
    closeSync(file);
  }
}

function imagesOf(record: Uint32Array<ArrayBuffer>): ChunkImages {
  const [, sequence = 0, users = 0, images = 0, keyBytes = 0] = record;
  const imagesAt = headWords + users * 2;
  return {
    sequence,
    userKeyEnds: record.subarray(headWords, headWords + users),
    userImageEnds: record.subarray(headWords + users, imagesAt),
    images: record.subarray(imagesAt, imagesAt + images * imageWords),
    keys: new Uint8Array(record.buffer, (imagesAt + images * imageWords) * 4, keyBytes),
  };
}
