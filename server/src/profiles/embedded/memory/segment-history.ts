/** What happened in a segment on one UTC day, as words of a row: the day (since 1970), then users that came, were taken away, and ended. */
export const movementField = { added: 1, removed: 2, expired: 3 } as const;
export type MovementField = (typeof movementField)[keyof typeof movementField];

/** Days that are kept, the present one included. */
export const daysOfHistory = 90;
export const rowWords = 4;
export const secondsPerDay = 86_400;
export const dayOf = (atS: number): number => Math.floor(atS / secondsPerDay);

/** The rows of one number, each at its day's place in a ring. */
interface Rows {
  words: Int32Array;
  /** Shared with a cut that began after this: copied before the next change. */
  cuts: number;
}

/**
 * Movements of past days, by the engine's number of a segment: 1,440 bytes for a number in which anything happened. Days beyond the
 * ring are forgotten when their place is used again. Rows that a snapshot is being written from are copied before they change.
 */
export class SegmentHistory {
  readonly #rows = new Map<number, Rows>();
  #cuts = 0;

  get memoryBytes(): number {
    return this.#rows.size * (daysOfHistory * rowWords * 4 + 100);
  }

  /** Adds to a day, or takes from it; a day that is too old changes nothing. */
  add(number: number, day: number, field: MovementField, by: number): void {
    const words = this.#wordsOf(number);
    const at = placeOf(words, day);
    if (at >= 0) words[at + field] = (words[at + field] as number) + by;
  }

  /** Everything of `from` goes to `into`. */
  move(from: number, into: number): void {
    const rows = this.#rows.get(from);
    if (rows === undefined) return;
    this.#rows.delete(from);
    const { words } = rows;
    for (let at = 0; at < words.length; at += rowWords) {
      if (words[at] === 0) continue;
      for (let field = 1; field < rowWords; field++)
        this.add(into, words[at] as number, field as MovementField, words[at + field] as number);
    }
  }

  forget(number: number): void {
    this.#rows.delete(number);
  }

  /** The row of a day; zeros where nothing happened. */
  row(number: number, day: number): Int32Array {
    const words = this.#rows.get(number)?.words;
    const at = (day % daysOfHistory) * rowWords;
    return words !== undefined && words[at] === day ? words.subarray(at, at + rowWords) : nothingHappened;
  }

  /** All rows of this moment; later changes do not show. */
  cut(): readonly (readonly [number, Int32Array])[] {
    this.#cuts += 1;
    return Array.from(this.#rows, ([number, { words }]) => [number, words] as const);
  }

  #wordsOf(number: number): Int32Array {
    let rows = this.#rows.get(number);
    if (rows === undefined) {
      rows = { words: new Int32Array(daysOfHistory * rowWords), cuts: this.#cuts };
      this.#rows.set(number, rows);
    } else if (rows.cuts < this.#cuts) {
      rows.words = rows.words.slice();
      rows.cuts = this.#cuts;
    }
    return rows.words;
  }
}

const nothingHappened = new Int32Array(rowWords);

/** Where the row of a day stands, emptied if it was an older one's; -1 where a newer one has the place. */
function placeOf(words: Int32Array, day: number): number {
  const at = (day % daysOfHistory) * rowWords;
  const held = words[at] as number;
  if (held > day) return -1;
  if (held < day) {
    words.fill(0, at, at + rowWords);
    words[at] = day;
  }
  return at;
}
