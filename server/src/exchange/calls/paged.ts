import { Buffer } from 'node:buffer';
import { invalidFields } from './read-exchange-body.ts';
import type { ExchangeCall, Reply } from './exchange-operation.ts';
import type { ParameterDoc } from '../../http/operation.ts';

/** What the order of a list compares, so that the next page begins behind the last one: an id, a text, or several of them. */
export type PageKey = readonly (number | string)[];

/** The part of a list that a call asks for. */
export interface Page {
  readonly limit: number;
  /** The key of the last item of the page before; undefined: from the beginning. */
  readonly after: PageKey | undefined;
}

type PagedCall = Pick<ExchangeCall<unknown>, 'parameters' | 'facts'>;
type KeyKind = 'number' | 'string';

const usualLimit = 100;
export const mostItems = 1000;

export const pageParameters: readonly ParameterDoc[] = [
  { name: 'limit', description: `At most so many items: 1 to ${mostItems}, default ${usualLimit}` },
  { name: 'cursor', description: 'Where a page begins, as the Link of the page before says' },
];

/**
 * Reads `limit` and `cursor` (exchange-sharing.md section 1). @param kinds of the key's parts, in the order of the list
 * @param usual items without `limit`
 * @throws Refusal exchange.invalid
 */
export function readPage({ parameters }: PagedCall, kinds: readonly KeyKind[], usual = usualLimit): Page {
  const limit = parameters.integer('limit', 1) ?? usual;
  if (limit > mostItems) throw invalidFields([{ field: 'limit', message: `must be ${mostItems} or less` }]);
  const cursor = parameters.text('cursor');
  return { limit, after: cursor === undefined ? undefined : readCursor(cursor, kinds) };
}

function readCursor(cursor: string, kinds: readonly KeyKind[]): PageKey {
  const wrong = () => invalidFields([{ field: 'cursor', message: 'must be one that a Link of this list holds' }]);
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw wrong();
  }
  if (!Array.isArray(key) || key.length !== kinds.length) throw wrong();
  if (!key.every((part, at) => typeof part === kinds[at] && (typeof part === 'string' || Number.isSafeInteger(part)))) throw wrong();
  return key as PageKey;
}

/**
 * Answers one page as a bare array, with the next one in `Link: <…>; rel="next"` where there is one.
 * @param rows of this page in order, read up to `limit + 1`: the one too many says that there is a next page
 */
export function pageReply<Row>(
  { facts }: PagedCall,
  { limit }: Page,
  rows: readonly Row[],
  keyOf: (row: Row) => PageKey,
  show: (row: Row) => unknown,
): Reply {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const json = shown.map((row) => show(row));
  if (last === undefined) return { status: 200, json };
  const query = new URLSearchParams(facts.query);
  query.set('cursor', Buffer.from(JSON.stringify(keyOf(last))).toString('base64url'));
  return { status: 200, json, headers: { link: `<${facts.path}?${query.toString()}>; rel="next"` } };
}
