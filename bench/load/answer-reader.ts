import type { Buffer } from 'node:buffer';

/** Longest head that is read; ours have 200 bytes. */
const longestHead = 16_384;
const textShown = 400;

/** An answer that is complete. */
export interface Answered {
  readonly status: number;
  readonly bodyBytes: number;
  /** The beginning of the answer, for reporting one that is not as it should be. */
  readonly beginning: string;
}

/**
 * Reads the answers on one connection, one at a time (nothing is pipelined). Knows as much of HTTP as the servers here send:
 * a status line and content-length. An answer that comes in one piece costs one short string.
 */
export class AnswerReader {
  #head = '';
  #status = 0;
  #bodyBytes = 0;
  /** Body bytes that are still to come; -1 while the head is read. */
  #left = -1;

  /** Takes what came; answers once the answer is complete. @throws Error where it is none that can be read. */
  take(chunk: Buffer, length: number): Answered | undefined {
    if (this.#left >= 0) return this.#end(this.#left - length);
    const before = this.#head.length;
    this.#head += chunk.toString('latin1', 0, Math.min(length, longestHead));
    const headEnd = this.#head.indexOf('\r\n\r\n');
    if (headEnd < 0) {
      if (this.#head.length >= longestHead) throw new Error('the head of an answer does not end');
      return undefined;
    }
    const found = /\r\ncontent-length: ?(\d+)\r\n/i.exec(this.#head);
    if (!found || found.index > headEnd) throw new Error(`an answer does not tell its length: ${this.#head.slice(0, textShown)}`);
    this.#status = Number(this.#head.slice(9, 12));
    this.#bodyBytes = Number(found[1]);
    return this.#end(this.#bodyBytes - (before + length - (headEnd + 4)));
  }

  #end(left: number): Answered | undefined {
    this.#left = left;
    if (left > 0) return undefined;
    if (left < 0) throw new Error('more came than one answer');
    const answered = { status: this.#status, bodyBytes: this.#bodyBytes, beginning: this.#head.slice(0, textShown) };
    this.#head = '';
    this.#left = -1;
    return answered;
  }
}
