import type { TextSink } from './surroundings.ts';

const barWidth = 24;
const usualColumns = 80;
const barIntervalMs = 100;
const lineIntervalMs = 2000;

/**
 * One line that tells how far a long piece of work is: it redraws itself on a terminal, with a bar, else a plain line is written every
 * two seconds. The time is given by the caller.
 */
export class ProgressLine {
  readonly #sink: TextSink;
  #shownMs: number;
  #drawn = false;

  constructor(sink: TextSink, nowMs: number) {
    this.#sink = sink;
    this.#shownMs = nowMs;
  }

  /** @param share from 0 to 1; null where nobody knows how much there is, and no bar is drawn */
  update(share: number | null, text: () => string, nowMs: number): void {
    const terminal = this.#sink.isTTY === true;
    if (nowMs - this.#shownMs < (terminal ? barIntervalMs : lineIntervalMs)) return;
    this.#shownMs = nowMs;
    if (terminal) this.#draw(share, text());
    else this.#sink.write(`${text()}\n`);
  }

  /** Takes the line away, so that the next one starts on a clean one. */
  finish(): void {
    if (this.#drawn) this.#sink.write('\r\u001b[2K');
    this.#drawn = false;
  }

  #draw(share: number | null, text: string): void {
    const filled = Math.round(barWidth * Math.min(1, share ?? 0));
    const line = share === null ? text : `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}] ${text}`;
    // Some terminals say 0 when they do not know.
    const { columns = 0 } = this.#sink;
    this.#sink.write(`\r\u001b[2K${line.slice(0, (columns === 0 ? usualColumns : columns) - 1)}`);
    this.#drawn = true;
  }
}
