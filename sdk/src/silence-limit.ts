/** A signal that ends where somebody waits for longer than it may; the time between two waits does not count. */
export class SilenceLimit {
  readonly #abort = new AbortController();
  readonly #limitMs: number;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The work's own end. Where it lasts too long the signal ends, on which the work itself must look. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => this.#abort.abort(new Error(`nothing came for ${this.#limitMs / 1000} s`)), this.#limitMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }
}
