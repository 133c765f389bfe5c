import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { Buffer } from 'node:buffer';
import type { RefusedLine } from './job-report.ts';

/** The file's first line. */
export const rejectsHead = 'line_number\tcodes\tmessage\tline\n';
const bufferBytes = 262_144;

/**
 * Writes refused lines, each once: its number, its counters, why, and last the line itself, byte for byte, so that `cut -f4-` gives a
 * file that can be mended and uploaded.
 */
export class RejectsFile {
  readonly #file: number;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  /** What was there is gone. */
  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o600);
    this.#push(Buffer.from(rejectsHead));
  }

  add({ line, codes, message, text }: RefusedLine): void {
    this.#push(Buffer.from(`${line}\t${codes.join(',')}\t${message}\t`, 'utf8'));
    // The text is the thread's own, and is written over by the next chunk.
    this.#push(Buffer.from(text));
    this.#push(lineEnd);
    if (this.#bytes >= bufferBytes) this.#flush();
  }

  close(): void {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#parts);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    this.#parts.length = 0;
    this.#bytes = 0;
  }
}

const lineEnd = Buffer.from('\n');
