import { refusal } from '../kit/refusal.ts';
import { httpErrors } from './http-errors.ts';

const none: readonly string[] = [];
/** More are looked for in a Set while the query is read. */
const fewNames = 32;
const valuePlace = 'the value of ';

/**
 * The query string, read once. Blanks around names are dropped (a published client sends `&   append=true`), `+` is a space.
 * Every parameter that nobody asks for is named in the answer's warnings, so that a misspelt one does not pass in silence.
 */
export class Parameters {
  // Lists, because there are few: making a Map of one or two took most of reading them.
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  /** Has anybody asked for it? */
  readonly #read: boolean[] = [];
  #unread = 0;

  constructor(query: string) {
    // Of names without number each would be compared with all before it.
    let many: Set<string> | undefined;
    for (let at = 0; at < query.length;) {
      const next = query.indexOf('&', at);
      const end = next < 0 ? query.length : next;
      const name = end === at ? '' : this.#add(query.slice(at, end), many);
      if (name !== '') {
        if (many) many.add(name);
        else if (this.#names.length > fewNames) many = new Set(this.#names);
      }
      at = end + 1;
    }
  }

  /** Takes one part of the query; answers its name, or nothing for a part without one. */
  #add(part: string, many: ReadonlySet<string> | undefined): string {
    const equals = part.indexOf('=');
    const name = decoded(equals < 0 ? part : part.slice(0, equals), "a parameter's name").trim();
    if (name === '') return '';
    if (many ? many.has(name) : this.#placeOf(name) >= 0)
      throw refusal(httpErrors.invalidParameter, { name: shortened(name), fault: 'is there twice' });
    this.#names.push(name);
    this.#values.push(equals < 0 ? '' : decoded(part.slice(equals + 1), valuePlace, name));
    this.#read.push(false);
    this.#unread += 1;
    return name;
  }

  /** Where a name stands, or -1. A loop: `indexOf` is several times slower on lists so short. */
  #placeOf(name: string): number {
    const names = this.#names;
    for (let at = 0; at < names.length; at++) if (names[at] === name) return at;
    return -1;
  }

  /** Names that nobody has asked for yet. */
  unread(): readonly string[] {
    return this.#unread === 0 ? none : this.#names.filter((_, at) => this.#read[at] !== true);
  }

  has(name: string): boolean {
    return this.#placeOf(name) >= 0;
  }

  text(name: string): string | undefined {
    const at = this.#placeOf(name);
    if (at < 0) return undefined;
    if (this.#read[at] !== true) {
      this.#read[at] = true;
      this.#unread -= 1;
    }
    return this.#values[at];
  }

  /** true and 1 in any case, or the name alone; false and 0 turn it off. Anything else is refused: unread, it could wipe a list. */
  flag(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^(true|1|)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
    throw refusal(httpErrors.invalidParameter, { name, fault: `must be true or false, not '${shortened(text)}'` });
  }

  integer(name: string, minimum = 0): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum)
      throw refusal(httpErrors.invalidParameter, { name, fault: `must be a whole number of ${minimum} or more, not '${shortened(text)}'` });
    return value;
  }

  id(name: string): number | undefined {
    const ids = this.ids(name);
    if (ids === undefined) return undefined;
    const [first, ...more] = ids;
    if (first === undefined || more.length > 0) throw refusal(httpErrors.invalidParameter, { name, fault: 'must be one id' });
    return first;
  }

  /** Ids, by comma; at least one. */
  ids(name: string): number[] | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : readIds(name, text);
  }
}

/** Reads ids by comma from a parameter or a path. */
export function readIds(name: string, text: string): number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (!/^\d+$/.test(part.trim()) || !Number.isSafeInteger(value))
      throw refusal(httpErrors.invalidParameter, { name, fault: `must be a number, not '${shortened(part)}'` });
    return value;
  });
}

/** Cuts what a client sent before it is sent back. */
export const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** `place` names the text in a refusal, which never shows it: it could be a token. `of`: and whose it is. */
function decoded(text: string, place: string, of?: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw refusal(httpErrors.unreadableQuery, { place: of === undefined ? place : `${place}${shortened(of)}` }, { cause: error });
  }
}
