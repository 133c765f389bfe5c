import { ProgressLine } from './progress-line.ts';
import type { TextSink } from './surroundings.ts';
import { groupedNumber } from './text-table.ts';

/** How far a piece of work is that is counted: "4%  1,000 of 48,842 people, 500/s". The time is given by the caller. */
export class Progress {
  readonly #line: ProgressLine;
  readonly #unit: string;
  readonly #total: number;
  readonly #startMs: number;

  constructor(sink: TextSink, total: number, unit: string, nowMs: number) {
    this.#line = new ProgressLine(sink, nowMs);
    this.#total = total;
    this.#unit = unit;
    this.#startMs = nowMs;
  }

  update(done: number, nowMs: number): void {
    this.#line.update(done / this.#total, () => this.#text(done, nowMs), nowMs);
  }

  /** Takes the bar away, so that the next line starts on a clean one. */
  finish(): void {
    this.#line.finish();
  }

  #text(done: number, nowMs: number): string {
    const percent = Math.floor((100 * done) / this.#total);
    const seconds = (nowMs - this.#startMs) / 1000;
    const rate = seconds > 0 ? `, ${groupedNumber(done / seconds)}/s` : '';
    return `${percent}%  ${groupedNumber(done)} of ${groupedNumber(this.#total)} ${this.#unit}${rate}`;
  }
}
