const nothing = (): void => {};

/**
 * Ends waits from outside, one after the other, by a word. `Promise.race` with one promise for all of them would keep what every wait has
 * brought until that promise is settled: a whole file, where the waits are for its pieces.
 */
export class Interruption<Word> {
  #word: { readonly word: Word } | null = null;
  #wake: (word: Word) => void = nothing;

  /** What is waited for, or the word, whichever is there first; a word that came between two waits ends the next one. */
  async during<Value>(waiting: Promise<Value>): Promise<Value | Word> {
    if (this.#word !== null) {
      waiting.catch(nothing);
      return this.#word.word;
    }
    const first = Promise.withResolvers<Value | Word>();
    this.#wake = first.resolve;
    waiting.then(first.resolve, first.reject);
    try {
      return await first.promise;
    } finally {
      this.#wake = nothing;
    }
  }

  /** The first word counts. */
  end(word: Word): void {
    this.#word ??= { word };
    this.#wake(word);
  }
}
