import type { CatalogSnapshot, SegmentFacts } from '../../catalog-view/catalog-snapshot.ts';
import { asMemberId, asSegmentId, type MemberId } from '../../kit/ids.ts';
import type { PixelErrors } from './pixel-errors.ts';
import type { PixelQuery } from './pixel-query.ts';

/** By which names a route takes its lists. */
export interface ListNames {
  readonly add: string;
  readonly addCodes: string;
  readonly remove?: string;
  readonly removeCodes?: string;
  /** The value of added segments that have none of their own. */
  readonly value?: string;
}

export interface Addition {
  readonly segment: SegmentFacts;
  readonly value: number;
}

export interface AskedSegments {
  readonly removed: readonly SegmentFacts[];
  readonly added: readonly Addition[];
}

const mostValue = 2_147_483_647;
const plainNumber = /^\d{1,10}$/;
const someValue = /^-?\d+$/;

/** Finds the segments that a call names. What cannot be done is noted in `errors`, the rest is done (ingest.md section 2). */
export function askedSegments(
  query: PixelQuery,
  names: ListNames,
  snapshot: CatalogSnapshot,
  errors: PixelErrors,
  member = askedMember(query, names, snapshot, errors),
): AskedSegments {
  const finder = new SegmentFinder(snapshot, member, errors);
  const usual = names.value === undefined ? undefined : query.text(names.value);
  const added: Addition[] = [];
  const add = (named: NamedSegment | undefined): void => {
    if (named === undefined) return;
    const value = valueOf(named.value ?? usual);
    if (value === undefined) errors.add('bad-value', named.subject);
    else added.push({ segment: named.segment, value });
  };
  const removed: SegmentFacts[] = [];
  const remove = (named: NamedSegment | undefined): void => {
    if (named !== undefined) removed.push(named.segment);
  };
  for (const entry of listOf(query, names.remove)) remove(finder.byId(entry, false));
  for (const entry of member === undefined ? [] : listOf(query, names.removeCodes)) remove(finder.byCode(entry, false));
  for (const entry of listOf(query, names.add)) add(finder.byId(entry, true));
  for (const entry of member === undefined ? [] : listOf(query, names.addCodes)) add(finder.byCode(entry, true));
  return { removed, added };
}

const listOf = (query: PixelQuery, name: string | undefined): readonly string[] => (name === undefined ? [] : query.entries(name, ','));

/** The member whose codes are named; undefined where none are, or where they cannot be looked up. */
function askedMember(query: PixelQuery, names: ListNames, snapshot: CatalogSnapshot, errors: PixelErrors): MemberId | undefined {
  if (listOf(query, names.addCodes).length === 0 && listOf(query, names.removeCodes).length === 0) return undefined;
  return memberOf(query, snapshot, errors);
}

/** The parameter `member`: an active member, or undefined with a note why not. */
export function memberOf(query: PixelQuery, snapshot: CatalogSnapshot, errors: PixelErrors): MemberId | undefined {
  const text = query.text('member');
  if (text === undefined || text === '') {
    errors.add('member-required');
    return undefined;
  }
  const id = asMemberId(plainNumber.test(text) ? Number(text) : 0);
  if (snapshot.member(id)?.active === true) return id;
  errors.add('unknown-member', text);
  return undefined;
}

/** 0 where none was sent. Undefined for what is no value. */
function valueOf(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  if (!plainNumber.test(text)) return undefined;
  const value = Number(text);
  return value <= mostValue ? value : undefined;
}

interface NamedSegment {
  readonly segment: SegmentFacts;
  /** As it was sent. */
  readonly value: string | undefined;
  /** How the call named it. */
  readonly subject: string;
}

class SegmentFinder {
  readonly #snapshot: CatalogSnapshot;
  readonly #member: MemberId | undefined;
  readonly #errors: PixelErrors;

  constructor(snapshot: CatalogSnapshot, member: MemberId | undefined, errors: PixelErrors) {
    this.#snapshot = snapshot;
    this.#member = member;
    this.#errors = errors;
  }

  /** `id`, or `id:value` where values are taken. */
  byId(entry: string, takesValue: boolean): NamedSegment | undefined {
    const colon = takesValue ? entry.indexOf(':') : -1;
    const id = colon < 0 ? entry : entry.slice(0, colon);
    const segment = plainNumber.test(id) ? this.#snapshot.segment(asSegmentId(Number(id))) : undefined;
    return this.#usable(segment, id, colon < 0 ? undefined : entry.slice(colon + 1));
  }

  /** A code, case included, or `code:value`. A code may hold colons: one that is there as it stands comes first. */
  byCode(entry: string, takesValue: boolean): NamedSegment | undefined {
    const member = this.#member;
    if (member === undefined) return undefined;
    const whole = this.#snapshot.segmentByCode(member, entry);
    const colon = whole || !takesValue ? -1 : entry.lastIndexOf(':');
    const value = entry.slice(colon + 1);
    if (colon < 0) return this.#usable(whole, entry, undefined);
    const code = entry.slice(0, colon);
    const segment = this.#snapshot.segmentByCode(member, code);
    return this.#usable(segment, segment || someValue.test(value) ? code : entry, value);
  }

  #usable(segment: SegmentFacts | undefined, subject: string, value: string | undefined): NamedSegment | undefined {
    if (!segment) this.#errors.add('unknown-segment', subject);
    else if (!segment.active || this.#snapshot.member(segment.memberId)?.active !== true) this.#errors.add('inactive-segment', subject);
    else if (!segment.clientSide) this.#errors.add('not-client-side', subject);
    else return { segment, value, subject };
    return undefined;
  }
}
