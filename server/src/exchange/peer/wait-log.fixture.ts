import type { WaitParts } from './retrying.ts';

/** Time and chance for tests: sleeping moves the clock and takes no time, and chance is 0. */
export class WaitLog implements WaitParts {
  readonly slept: number[] = [];
  #nowMs = Date.UTC(2026, 2, 2, 10, 0, 0);
  readonly #whenSleeping: () => void;

  constructor(whenSleeping: () => void = () => undefined) {
    this.#whenSleeping = whenSleeping;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  random(): number {
    return 0;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.slept.push(ms);
    this.#nowMs += ms;
    this.#whenSleeping();
    return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve();
  }
}
