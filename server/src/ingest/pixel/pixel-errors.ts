/** Why a pixel did less than it was asked for (ingest.md section 2); the last four are ours, for calls that the list has no word for. */
export type PixelError =
  | 'unknown-segment'
  | 'inactive-segment'
  | 'member-required'
  | 'unknown-member'
  | 'bad-value'
  | 'bad-redirect'
  | 'bad-device'
  | 'not-client-side'
  | 'no-cookie'
  | 'opted-out'
  | 'privacy'
  | 'full'
  | 'bad-user'
  | 'too-many-users'
  | 'unavailable'
  | 'bad-request';

const mostSubjectCharacters = 40;
/** A header of more than this is cut by some that pass it on. */
const mostHeaderCharacters = 4000;

/** What went wrong in one call, for its `X-Foyer-Error` header and the counts. */
export class PixelErrors {
  readonly #entries: string[] = [];
  readonly #codes: PixelError[] = [];
  #length = 0;
  #untold = 0;

  add(code: PixelError, subject?: string | number): void {
    this.#codes.push(code);
    const entry = subject === undefined ? code : `${code}:${shownSubject(String(subject))}`;
    if (this.#length + entry.length > mostHeaderCharacters) this.#untold += 1;
    else {
      this.#entries.push(entry);
      this.#length += entry.length + 2;
    }
  }

  get codes(): readonly PixelError[] {
    return this.#codes;
  }

  /** The header, or none. Behind the last entry that fits stands how many more there are. */
  headers(): Readonly<Record<string, string>> {
    if (this.#entries.length === 0) return {};
    const more = this.#untold === 0 ? [] : [`and-more:${this.#untold}`];
    return { 'x-foyer-error': [...this.#entries, ...more].join(', ') };
  }
}

/** Cut at 40 characters, then percent-encoded but for letters, digits and `. _ ~ -`: nothing that a page sends can break the header. */
function shownSubject(text: string): string {
  const cut = text.length <= mostSubjectCharacters ? text : [...text].slice(0, mostSubjectCharacters).join('');
  return encodeURIComponent(cut.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
