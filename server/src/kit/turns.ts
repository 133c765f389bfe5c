/** Work of one name follows each other, in the order in which it was asked for; of different names it goes on side by side. */
export class Turns<Name> {
  readonly #last = new Map<Name, Promise<void>>();

  /** Does `work` when all that was asked for before under this name has ended, whether well or not. */
  async inTurn<T>(name: Name, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const turn = Promise.withResolvers<void>();
    const mine = before.then(() => turn.promise);
    this.#last.set(name, mine);
    await before;
    try {
      return await work();
    } finally {
      turn.resolve();
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}
