import type { Applied, OperationColumns } from './apply-batch.ts';
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
} as const;

/** Flags of an `apply` entry. */
export const applyFlag = { chunk: 1, outcomes: 2 } as const;

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
    batch: OperationColumns,
    applied: Applied,
    source: number,
    chunk: { readonly job: number; readonly sequence: number } | undefined,
  ): Uint8Array {
    const writer = this.#writer;
    this.#begin(entryType.apply, nowS);
    writer.word((chunk === undefined ? 0 : applyFlag.chunk) | (applied.anyRefused ? applyFlag.outcomes : 0));
    writer.word(source);
    writer.word(chunk?.job ?? 0);
    writer.word(chunk?.sequence ?? 0);
    writer.word(applied.newNumbers.length >>> 1);
    for (const word of applied.newNumbers) writer.word(word);
    writer.word(batch.userKeyEnds.length);
    writer.words(batch.userKeyEnds);
    writer.words(batch.userOperationEnds);
    writer.bytes(batch.keys);
    writer.word(applied.outcomes.length);
    writer.words(applied.translated);
    if (applied.anyRefused) writer.bytes(applied.outcomes);
    return this.#finished();
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
