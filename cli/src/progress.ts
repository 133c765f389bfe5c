import type { TextSink } from './surroundings.ts';
import { groupedNumber } from './text-table.ts';

const barWidth = 24;
const usualColumns = 80;
const barIntervalMs = 100;
const lineIntervalMs = 2000;

/**
 * How far a long piece of work is: a bar that redraws itself on a terminal, else a plain line every two seconds.
 * The time is given by the caller.
 */
export class Progress {
  readonly #sink: TextSink;
  readonly #unit: string;
  readonly #total: number;
  readonly #startMs: number;
  #shownMs: number;
  #barShown = false;

  constructor(sink: TextSink, total: number, unit: string, nowMs: number) {
    this.#sink = sink;
    this.#total = total;
    this.#unit = unit;
    this.#startMs = nowMs;
    this.#shownMs = nowMs;
  }

  update(done: number, nowMs: number): void {
    const terminal = this.#sink.isTTY === true;
    if (nowMs - this.#shownMs < (terminal ? barIntervalMs : lineIntervalMs)) return;
    this.#shownMs = nowMs;
    if (terminal) this.#drawBar(done, nowMs);
    else this.#sink.write(`${this.#text(done, nowMs)}\n`);
  }

  /** Takes the bar away, so that the next line starts on a clean one. */
  finish(): void {
    if (this.#barShown) this.#sink.write('\r\u001b[2K');
    this.#barShown = false;
  }

  #drawBar(done: number, nowMs: number): void {
    const filled = Math.round((barWidth * done) / this.#total);
    const line = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}] ${this.#text(done, nowMs)}`;
    // Some terminals say 0 when they do not know.
    const { columns = 0 } = this.#sink;
    this.#sink.write(`\r\u001b[2K${line.slice(0, (columns === 0 ? usualColumns : columns) - 1)}`);
    this.#barShown = true;
  }

  #text(done: number, nowMs: number): string {
    const percent = Math.floor((100 * done) / this.#total);
    const seconds = (nowMs - this.#startMs) / 1000;
    const rate = seconds > 0 ? `, ${groupedNumber(done / seconds)}/s` : '';
    return `${percent}%  ${groupedNumber(done)} of ${groupedNumber(this.#total)} ${this.#unit}${rate}`;
  }
}
