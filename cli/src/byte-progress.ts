import { ProgressLine } from './progress-line.ts';
import type { TextSink } from './surroundings.ts';

/** 1234 → 1 kB, 12345678 → 12.3 MB */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} bytes`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return bytes < 999_950_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

/** 75 → 75 s, 600 → 10 min, 7500 → 2 h 5 min */
export function secondsText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How much of a file has been sent or read: bytes, rate, time left. The time is given by the caller. */
export class ByteProgress {
  readonly #line: ProgressLine;
  readonly #verb: string;
  readonly #total: number | null;
  readonly #startMs: number;

  /** @param total null where the file's end is not known */
  constructor(sink: TextSink, verb: string, total: number | null, nowMs: number) {
    this.#line = new ProgressLine(sink, nowMs);
    this.#verb = verb;
    this.#total = total;
    this.#startMs = nowMs;
  }

  update(done: number, nowMs: number): void {
    this.#line.update(this.#total === null ? null : done / Math.max(1, this.#total), () => this.#text(done, nowMs), nowMs);
  }

  finish(): void {
    this.#line.finish();
  }

  #text(done: number, nowMs: number): string {
    const seconds = (nowMs - this.#startMs) / 1000;
    const rate = seconds > 0 ? `, ${bytesText(done / seconds)}/s` : '';
    const total = this.#total;
    if (total === null) return `${this.#verb} ${bytesText(done)}${rate}`;
    const left = done > 0 && done < total ? `, ${secondsText((seconds * (total - done)) / done)} left` : '';
    return `${this.#verb} ${Math.floor((100 * done) / Math.max(1, total))}%  ${bytesText(done)} of ${bytesText(total)}${rate}${left}`;
  }
}
