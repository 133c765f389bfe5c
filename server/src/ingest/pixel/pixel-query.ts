import { percentDecoded, percentDecodedInPart } from '../../identity/percent-text.ts';

/** Most names stand in lower case already. */
const plainName = /^[a-z_]+$/;

/**
 * A pixel's parameters (ingest.md section 2). Names ignore case; a plus sign is a plus sign; one that comes again is added to the first.
 * Nothing is refused: what nobody asks for is passed over.
 */
export class PixelQuery {
  /** In lower case. */
  readonly #names: string[] = [];
  /** As they were sent; each belongs to the name at the same place. */
  readonly #values: string[] = [];

  constructor(query: string) {
    for (let at = 0; at < query.length;) {
      const next = query.indexOf('&', at);
      const end = next < 0 ? query.length : next;
      if (end > at) this.#add(query, at, end);
      at = end + 1;
    }
  }

  #add(query: string, at: number, end: number): void {
    const equals = query.indexOf('=', at);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    const name = query.slice(at, nameEnd);
    this.#names.push(plainName.test(name) ? name : percentDecodedInPart(name).trim().toLowerCase());
    this.#values.push(query.slice(Math.min(nameEnd + 1, end), end));
  }

  /** The first value, decoded; what is broken in it stays as it was sent. Undefined where there is none. */
  text(name: string): string | undefined {
    const first = this.#values[this.#names.indexOf(name)];
    return first === undefined ? undefined : percentDecodedInPart(first);
  }

  /** All entries of a list, parted by a separator that may be encoded too; empty ones are none. */
  entries(name: string, separator: string): readonly string[] {
    const entries: string[] = [];
    for (let at = 0; at < this.#names.length; at++) {
      if (this.#names[at] !== name) continue;
      for (const entry of percentDecodedInPart(this.#values[at] as string).split(separator)) if (entry !== '') entries.push(entry);
    }
    return entries;
  }

  /** The same for ids: undefined for one whose encoding is broken, because no two ids may become one. */
  exactEntries(name: string, separator: string): readonly ExactEntry[] {
    const entries: ExactEntry[] = [];
    for (let at = 0; at < this.#names.length; at++) {
      if (this.#names[at] !== name) continue;
      const value = this.#values[at] as string;
      const text = percentDecoded(value);
      for (const sent of (text ?? value).split(separator))
        if (sent !== '') entries.push({ sent, text: text === undefined ? percentDecoded(sent) : sent });
    }
    return entries;
  }
}

export interface ExactEntry {
  readonly sent: string;
  readonly text: string | undefined;
}
