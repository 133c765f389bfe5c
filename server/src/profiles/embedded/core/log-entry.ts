import type { BatchColumns } from '../../packed-batch.ts';
import type { BatchChanges, ChunkId } from '../../profile-store.ts';
import type { Applied } from './apply-batch.ts';
import type { Restored } from './restore-operations.ts';
import { WordWriter } from './word-writer.ts';

/** What an entry of the log does. The numbers are the format: never change one, only add. */
export const entryType = {
  apply: 1,
  forgetChunks: 2,
  link: 3,
  unlink: 4,
  merge: 5,
  forget: 6,
  optIn: 7,
  stage: 8,
  commit: 9,
  abort: 10,
  drop: 11,
  see: 12,
  restore: 13,
} as const;

/**
 * Flags of an `apply` entry and of a `restore`: what it has. Before-images are not written: replaying finds them again.
 * `beforeKept`: a chunk of this job before which nothing needs them any more. Entries of older versions have neither `changes` nor what follows.
 */
export const applyFlag = { chunk: 1, outcomes: 2, changes: 4, before: 8, beforeKept: 16 } as const;

/**
 * One change, as it goes into the log: [length in words, type, Unix seconds, what the type needs]. An entry says what was
 * decided, not what was asked: replaying it asks for no limit and no option.
 */
export class LogEntryWriter {
  readonly #writer = new WordWriter(4096);

  /** An entry of words and keys. The view is valid until the next entry. */
  write(type: number, nowS: number, words: readonly number[], keys: readonly Uint8Array[]): Uint8Array {
    this.#begin(type, nowS);
    for (const word of words) this.#writer.word(word);
    for (const key of keys) this.#writer.bytes(key);
    return this.#finished();
  }

  writeApply(
    nowS: number,
    batch: BatchColumns,
    applied: Applied,
    source: number,
    chunk: ChunkId | null,
    beforeKeptUpTo: number | null,
  ): Uint8Array {
    const writer = this.#writer;
    const before = chunk !== null && applied.before !== null ? applyFlag.before : 0;
    const beforeKept = chunk !== null && beforeKeptUpTo !== null ? applyFlag.beforeKept : 0;
    this.#begin(entryType.apply, nowS);
    writer.word(flagsOf(applied.anyRefused, chunk) | before | beforeKept);
    writer.word(source);
    this.#chunk(chunk);
    writer.word(applied.newNumbers.length >>> 1);
    for (const word of applied.newNumbers) writer.word(word);
    this.#columns(batch, applied);
    if (chunk !== null) this.#changes(applied.changes);
    if (beforeKept !== 0) writer.word(beforeKeptUpTo ?? 0);
    return this.#finished();
  }

  writeRestore(nowS: number, batch: BatchColumns, restored: Restored, chunk: ChunkId | null): Uint8Array {
    this.#begin(entryType.restore, nowS);
    this.#writer.word(flagsOf(restored.anyRefused, chunk));
    this.#chunk(chunk);
    this.#columns(batch, restored);
    this.#writer.words(restored.sources);
    if (chunk !== null) this.#changes(restored.changes);
    return this.#finished();
  }

  #chunk(chunk: ChunkId | null): void {
    this.#writer.word(chunk?.job ?? 0);
    this.#writer.word(chunk?.sequence ?? 0);
  }

  /** Users, their operations as they were decided, and the outcomes where any was refused. */
  #columns(batch: BatchColumns, { translated, outcomes, anyRefused }: Pick<Applied, 'translated' | 'outcomes' | 'anyRefused'>): void {
    const writer = this.#writer;
    writer.word(batch.userKeyEnds.length);
    writer.words(batch.userKeyEnds);
    writer.words(batch.userOperationEnds);
    writer.bytes(batch.keys);
    writer.word(outcomes.length);
    writer.words(translated);
    if (anyRefused) writer.bytes(outcomes);
  }

  #changes({ added, refreshed, removed, missing }: BatchChanges): void {
    for (const count of [added, refreshed, removed, missing]) this.#writer.word(count);
  }

  #begin(type: number, nowS: number): void {
    this.#writer.clear();
    this.#writer.word(0);
    this.#writer.word(type);
    this.#writer.word(nowS);
  }

  #finished(): Uint8Array {
    this.#writer.setWord(0, this.#writer.end);
    return this.#writer.view();
  }
}

const flagsOf = (anyRefused: boolean, chunk: ChunkId | null): number =>
  (chunk === null ? 0 : applyFlag.chunk | applyFlag.changes) | (anyRefused ? applyFlag.outcomes : 0);
