/** One that follows. `stop` it in the end. */
export interface Following {
  /** Resolves when something is new since the last time that this resolved, or after so long. */
  changedWithin(ms: number): Promise<void>;
  stop(): void;
}

/** Who wants to hear of what has an id. */
export class Followers {
  readonly #listeners = new Map<number, Set<() => void>>();

  /** Something about it is new. */
  changed(id: number): void {
    for (const listener of this.#listeners.get(id) ?? []) listener();
  }

  /** Follow first, then look: nothing in between is missed. */
  follow(id: number): Following {
    let news = Promise.withResolvers<void>();
    const listener = (): void => news.resolve();
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return {
      async changedWithin(ms) {
        const late = setTimeout(listener, ms);
        late.unref();
        await news.promise;
        clearTimeout(late);
        news = Promise.withResolvers<void>();
      },
      stop: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(id);
      },
    };
  }
}
