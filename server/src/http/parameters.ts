import { refusal } from '../kit/refusal.ts';
import { httpErrors } from './http-errors.ts';

const none: readonly string[] = [];

/**
 * The query string, read once. Blanks around names are dropped (a published client sends `&   append=true`), `+` is a space.
 * Every parameter that nobody asks for is named in the answer's warnings, so that a misspelt one does not pass in silence.
 */
export class Parameters {
  /** Undefined where there is no query: most hot calls have none. */
  readonly #values: Map<string, string> | undefined;
  #read = none;

  constructor(query: string) {
    if (query === '') return;
    const values = new Map<string, string>();
    this.#values = values;
    for (const part of query.split('&')) {
      if (part === '') continue;
      const equals = part.indexOf('=');
      const name = decoded(equals < 0 ? part : part.slice(0, equals), "a parameter's name").trim();
      if (name === '') continue;
      if (values.has(name)) throw refusal(httpErrors.invalidParameter, { name: shortened(name), fault: 'is there twice' });
      values.set(name, equals < 0 ? '' : decoded(part.slice(equals + 1), `the value of ${shortened(name)}`));
    }
  }

  /** Names that nobody has asked for yet. */
  unread(): readonly string[] {
    if (!this.#values) return none;
    let unread: string[] | undefined;
    for (const name of this.#values.keys()) if (!this.#read.includes(name)) (unread ??= []).push(name);
    return unread ?? none;
  }

  has(name: string): boolean {
    return this.#values?.has(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#values?.get(name);
    if (value !== undefined && !this.#read.includes(name)) this.#read = [...this.#read, name];
    return value;
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

/** `place` names the text in a refusal, which never shows it: it could be a token. */
function decoded(text: string, place: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw refusal(httpErrors.unreadableQuery, { place }, { cause: error });
  }
}
