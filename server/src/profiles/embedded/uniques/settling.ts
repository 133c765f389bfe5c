/** Pairs that are collected before they are sorted. */
const mostPairs = 1 << 16;

/**
 * Users that come into sets of a past day, collected and handed out by number: sets are many and lie apart, and going from one to the
 * next with every user costs three times as much.
 */
export class Settling {
  #numbers = new Uint32Array(0);
  #users = new Uint32Array(0);
  #count = 0;
  /** Of all that is collected. */
  day = 0;

  get memoryBytes(): number {
    return this.#numbers.byteLength * 2;
  }
  get isEmpty(): boolean {
    return this.#count === 0;
  }
  get isFull(): boolean {
    return this.#count === this.#numbers.length;
  }

  add(number: number, user: number): void {
    if (this.#numbers.length === 0) [this.#numbers, this.#users] = [new Uint32Array(mostPairs), new Uint32Array(mostPairs)];
    this.#numbers[this.#count] = number;
    this.#users[this.#count++] = user;
  }

  /** Hands everything out, the users of a number one after the other in the order in which they came. */
  takeAll(numbersEnd: number, take: (number: number, users: Uint32Array) => void): void {
    const count = this.#count;
    this.#count = 0;
    const ends = new Uint32Array(numbersEnd + 1);
    for (let i = 0; i < count; i++) ends[(this.#numbers[i] as number) + 1] = (ends[(this.#numbers[i] as number) + 1] as number) + 1;
    for (let number = 1; number <= numbersEnd; number++) ends[number] = (ends[number] as number) + (ends[number - 1] as number);
    const sorted = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const number = this.#numbers[i] as number;
      const at = ends[number] as number;
      sorted[at] = this.#users[i] as number;
      ends[number] = at + 1;
    }
    // Each end is now where the next number begins.
    for (let number = 0, start = 0; number < numbersEnd; number++) {
      const end = ends[number] as number;
      if (end > start) take(number, sorted.subarray(start, end));
      start = end;
    }
  }
}
