import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { ResolvedSegment } from '../parse/segment-table.ts';

/** What was asked of the catalog before a chunk was made, or that everything was to be asked again. */
export type JournalEntry =
  | { readonly sequence: number; readonly resolved: readonly ResolvedSegment[] }
  | { readonly sequence: number; readonly forgotten: true };

/**
 * Remembers what the catalog said of segments, before any chunk rests on it. A job that is begun anew reads the answers here as far as they
 * go: the chunks that the engine has already come out the same, whatever has become of the segments since.
 */
export class SegmentJournal {
  readonly #file: number;
  readonly #sync: boolean;
  readonly #remembered: JournalEntry[];
  #next = 0;

  constructor(path: string, sync: boolean) {
    this.#sync = sync;
    this.#remembered = existsSync(path) ? readEntries(path) : [];
    this.#file = openSync(path, 'a', 0o600);
  }

  /** The next entry that was written before a chunk up to this one, once. */
  recall(sequence: number): JournalEntry | undefined {
    const entry = this.#remembered[this.#next];
    if (entry === undefined || entry.sequence > sequence) return undefined;
    this.#next += 1;
    return entry;
  }

  /** Durable when it returns. */
  write(entry: JournalEntry): void {
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    if (this.#sync) fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Whole lines; what a crash left of the last one counted for no chunk, and is cut off. */
function readEntries(path: string): JournalEntry[] {
  const text = readFileSync(path, 'utf8');
  const end = text.lastIndexOf('\n') + 1;
  if (end < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, end)));
  return text
    .slice(0, end)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalEntry);
}
