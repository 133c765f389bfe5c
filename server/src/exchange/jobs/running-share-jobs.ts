/** Jobs that run in this process, how to stop them, and who follows them. */
export class RunningShareJobs {
  readonly #aborts = new Map<number, AbortController>();
  readonly #telling = new Map<number, Promise<unknown>>();
  readonly #listeners = new Map<number, Set<() => void>>();
  /** Uploads of one job follow each other where they are counted. */
  readonly #turns = new Map<number, Promise<void>>();

  begin(job: number, signal: AbortSignal): AbortSignal {
    const abort = new AbortController();
    this.#aborts.set(job, abort);
    return AbortSignal.any([signal, abort.signal]);
  }
  end(job: number): void {
    this.#aborts.delete(job);
    this.#telling.delete(job);
  }

  /** Progress of the job is being written; `told` waits for it, so that it never comes after what is newer. */
  telling(job: number, written: Promise<unknown>): void {
    this.#telling.set(job, written);
  }
  /** Never rejects. */
  async told(job: number): Promise<void> {
    await this.#telling.get(job);
  }
  /** The job was moved by somebody else: what does it now is to look again. */
  interrupt(job: number): void {
    this.#aborts.get(job)?.abort('moved');
    this.changed(job);
  }

  /** Tells those that follow the job that something about it is new. */
  changed(job: number): void {
    for (const listener of this.#listeners.get(job) ?? []) listener();
  }

  /** Answers how to stop. */
  follow(job: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(job) ?? new Set();
    this.#listeners.set(job, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(job);
    };
  }

  /** Does `work` when what was asked for the job before has been done. */
  async inTurn<T>(job: number, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(job) ?? Promise.resolve();
    const turn = Promise.withResolvers<void>();
    const mine = before.then(() => turn.promise);
    this.#turns.set(job, mine);
    await before;
    try {
      return await work();
    } finally {
      turn.resolve();
      if (this.#turns.get(job) === mine) this.#turns.delete(job);
    }
  }
}
