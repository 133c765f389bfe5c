const none = 64;

/** What each character of the base64url alphabet stands for, by its code; `none` for all others. */
const sextets = new Uint8Array(128).fill(none);
for (const [value, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].entries())
  sextets[character.charCodeAt(0)] = value;

const sextetOf = (code: number): number => sextets[code] ?? none;

/** The bits of a base64url text, first bit first. They end before the first character that is not of the alphabet. */
export class BitText {
  readonly #text: string;
  readonly #start: number;
  /** Where the characters of the alphabet end: an index into the text. */
  readonly end: number;

  /** Begins at the character `start`. */
  constructor(text: string, start = 0) {
    let end = start;
    while (end < text.length && sextetOf(text.charCodeAt(end)) !== none) end++;
    this.#text = text;
    this.#start = start;
    this.end = end;
  }

  /** In bits. */
  get length(): number {
    return (this.end - this.#start) * 6;
  }

  /** `count` bits (1 to 24) from bit `at`, the first one highest; what lies behind the end reads as zeros. */
  read(at: number, count: number): number {
    const skipped = at % 6;
    let character = this.#start + (at - skipped) / 6;
    let value = this.#sextet(character) & (0x3f >> skipped);
    let have = 6 - skipped;
    while (have < count) {
      character++;
      value = (value << 6) | this.#sextet(character);
      have += 6;
    }
    return value >> (have - count);
  }

  #sextet(character: number): number {
    return character < this.end ? sextetOf(this.#text.charCodeAt(character)) : 0;
  }
}
