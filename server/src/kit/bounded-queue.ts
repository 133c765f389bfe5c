/**
 * Runs work one piece at a time and holds a bounded number of waiting pieces; more are turned away at once.
 * Used where a piece is expensive (password hashing) and a flood must not pile up.
 */
export class BoundedQueue {
  readonly #limit: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Pieces that wait or run. */
  get length(): number {
    return this.#waiting;
  }

  /** The work's result, or undefined at once where the queue is full. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#waiting >= this.#limit) return undefined;
    this.#waiting += 1;
    const result = this.#last.then(work);
    this.#last = result.then(
      () => (this.#waiting -= 1),
      () => (this.#waiting -= 1),
    );
    return result;
  }
}
