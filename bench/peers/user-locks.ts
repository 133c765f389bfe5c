/**
 * Who reads, merges and writes a user's profile back must be alone with it, or one of two calls is lost. Calls for a user run in the order
 * in which they came; a call takes all its users at once, so no two wait for each other.
 */
export class UserLocks {
  readonly #last = new Map<bigint, Promise<unknown>>();

  async alone<T>(userIds: readonly bigint[], work: () => Promise<T>): Promise<T> {
    const before = new Set(userIds.flatMap((userId) => this.#last.get(userId) ?? []));
    const result = before.size === 0 ? work() : Promise.allSettled(before).then(work);
    for (const userId of userIds) this.#last.set(userId, result);
    try {
      return await result;
    } finally {
      for (const userId of userIds) if (this.#last.get(userId) === result) this.#last.delete(userId);
    }
  }

  /** Users that somebody works on now. */
  get size(): number {
    return this.#last.size;
  }
}
