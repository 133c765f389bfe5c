import { percentDecoded, percentDecodedInPart } from '../../identity/percent-text.ts';

/**
 * A pixel's parameters (ingest.md section 2). Names ignore case; a plus sign is a plus sign; one that comes again is added to the first.
 * Nothing is refused: what nobody asks for is passed over.
 */
export class PixelQuery {
  /** Values as they were sent, by name in lower case. */
  readonly #values = new Map<string, string[]>();

  constructor(query: string) {
    for (let at = 0; at < query.length;) {
      const next = query.indexOf('&', at);
      const end = next < 0 ? query.length : next;
      if (end > at) this.#add(query.slice(at, end));
      at = end + 1;
    }
  }

  #add(part: string): void {
    const equals = part.indexOf('=');
    const name = percentDecodedInPart(equals < 0 ? part : part.slice(0, equals))
      .trim()
      .toLowerCase();
    const value = equals < 0 ? '' : part.slice(equals + 1);
    const known = this.#values.get(name);
    if (known) known.push(value);
    else this.#values.set(name, [value]);
  }

  /** The first value, decoded; what is broken in it stays as it was sent. Undefined where there is none. */
  text(name: string): string | undefined {
    const [first] = this.#values.get(name) ?? [];
    return first === undefined ? undefined : percentDecodedInPart(first);
  }

  /** All entries of a list, parted by a separator that may be encoded too; empty ones are none. */
  entries(name: string, separator: string): readonly string[] {
    return this.#sent(name)
      .flatMap((value) => percentDecodedInPart(value).split(separator))
      .filter((entry) => entry !== '');
  }

  /** The same for ids: undefined for one whose encoding is broken, because no two ids may become one. */
  exactEntries(name: string, separator: string): readonly ExactEntry[] {
    const decoded = (sent: string): ExactEntry[] => {
      const text = percentDecoded(sent);
      if (text !== undefined) return text.split(separator).map((each) => ({ sent: each, text: each }));
      return sent.split(separator).map((each) => ({ sent: each, text: percentDecoded(each) }));
    };
    return this.#sent(name)
      .flatMap(decoded)
      .filter(({ sent }) => sent !== '');
  }

  #sent(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

export interface ExactEntry {
  readonly sent: string;
  readonly text: string | undefined;
}
