/** Which number has a dead number's segment now, and since when. */
export interface Replacement {
  readonly by: number;
  readonly atS: number;
}

/**
 * Replaced numbers whose users have not all been looked at. A commit counts all new members as added and all earlier ones as
 * removed; who is both is found when the user is looked at, at the latest by the next sweep.
 */
export class Replacements {
  /** By dead number. */
  readonly #heirs = new Map<number, number>();
  /** When a number became its segment's. */
  readonly #committedAtS = new Map<number, number>();
  #latestS = 0;

  /** The latest commit; who looks at users looks no earlier than that. 0: none. */
  get latestS(): number {
    return this.#latestS;
  }
  get isEmpty(): boolean {
    return this.#committedAtS.size === 0;
  }

  /** @param before 0 where the segment had no number */
  set(before: number, by: number, atS: number): void {
    if (before !== 0) this.#heirs.set(before, by);
    this.#committedAtS.set(by, atS);
    this.#latestS = Math.max(this.#latestS, atS);
  }

  of(number: number): Replacement | undefined {
    const by = this.#heirs.get(number);
    return by === undefined ? undefined : { by, atS: this.committedAtS(by) };
  }

  /** The number that came last after this one; itself where nothing did. */
  lastHeirOf(number: number): number {
    let last = number;
    for (let next = this.#heirs.get(last); next !== undefined; next = this.#heirs.get(last)) last = next;
    return last;
  }

  /** Since when a number is its segment's, if that is not longer ago than the last sweep; else 0. */
  committedAtS(number: number): number {
    return this.#committedAtS.get(number) ?? 0;
  }

  /** Dead numbers and who came after them. */
  heirs(): (readonly [number, number])[] {
    return [...this.#heirs];
  }
  /** Numbers, and when they became their segments'. */
  commits(): (readonly [number, number])[] {
    return [...this.#committedAtS];
  }
  /** Loads what `heirs` and `commits` told. */
  load(heirs: readonly (readonly [number, number])[], commits: readonly (readonly [number, number])[]): void {
    for (const [number, by] of heirs) this.#heirs.set(number, by);
    for (const [number, atS] of commits) this.set(0, number, atS);
  }

  /** As it is now; later changes do not show. */
  copy(): Replacements {
    const copy = new Replacements();
    copy.load(this.heirs(), this.commits());
    return copy;
  }

  /** A sweep has looked at every user since `swept` was copied. */
  forget(swept: Replacements): void {
    for (const [number, atS] of swept.#committedAtS) if (this.#committedAtS.get(number) === atS) this.#committedAtS.delete(number);
    for (const [number, by] of swept.#heirs) if (!this.#committedAtS.has(by)) this.#heirs.delete(number);
    if (this.isEmpty) this.#latestS = 0;
  }
}
