/** What LineParser does, written with text, arrays and regular expressions, to be compared with it. */
import { keyText } from '../../../profiles/identifier-key.ts';
import { removal } from '../../../profiles/operation-batch.ts';
import { resolveDeviceId, resolveExternalId, resolveUserId, type Resolved, userDomain } from '../../../identity/resolve-user.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { deviceDomains } from '../../../profiles/identifier.ts';
import { mostNameBytes } from './code-names.ts';
import type { LineForm } from './line-form.ts';
import type { ResolvedSegment, SegmentName } from './segment-table.ts';

export type FaultName =
  | 'fields'
  | 'value'
  | 'domain'
  | 'tooMany'
  | 'repeat'
  | 'user'
  | 'invalidSegment'
  | 'unauthorizedSegment'
  | 'inactiveSegment'
  | 'timestamp'
  | 'pastExpiration';

export interface ReadOperation {
  readonly segment: number;
  readonly value: number;
  readonly addedAtS: number;
  readonly lifetime: number;
  readonly name: string;
}
export interface ReadFault {
  readonly fault: FaultName;
  readonly line: number;
  readonly text: string;
  /** '' where it is not about a segment. */
  readonly name: string;
  /** `user 0`, `idle 0`, or ''. */
  readonly of: string;
}
export interface ReadUser {
  readonly key: string;
  readonly line: number;
  readonly text: string;
  readonly kept: number;
  readonly operations: readonly ReadOperation[];
}
/** What lines say, by whoever read them. */
export interface ReadLines {
  physicalLines: number;
  lines: number;
  users: ReadUser[];
  idle: ReadUser[];
  faults: ReadFault[];
}

export type Resolve = (name: SegmentName) => Omit<ResolvedSegment, 'name'>;

export const nameText = ({ id, owner, code }: SegmentName): string => (id === null ? `${owner}:${code}` : String(id));

interface Pair {
  readonly name: SegmentName;
  readonly removing: boolean;
  readonly expiration: number | null;
  /** Null: invalid. */
  readonly timestamp: number | null;
  readonly value: number;
}
interface Line {
  readonly uid: string;
  readonly domain: string | null;
  readonly pairs: readonly Pair[];
}

const most = 259_200;
const digits = /^[0-9]+$/;
const inRange = (text: string, largest: number): boolean => digits.test(text) && BigInt(text) <= BigInt(largest);

/** @param text the file in Latin-1 */
export function readSlowly(
  text: string,
  form: LineForm,
  resolve: Resolve,
  isRepeat: (line: number) => boolean,
  isCut: (line: number) => boolean,
): ReadLines {
  const read: ReadLines = { physicalLines: 0, lines: 0, users: [], idle: [], faults: [] };
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, whole] of lines.entries()) {
    read.physicalLines += 1;
    const line = whole.replace(/\r$/, '');
    if (line === '') continue;
    read.lines += 1;
    const refuse = (fault: FaultName): unknown => read.faults.push({ fault, line: index, text: line, name: '', of: '' });
    const found = isCut(index + 1) ? cutFault(line, form) : formatOf(line, form);
    if (typeof found === 'string') refuse(found);
    else if (isRepeat(index + 1)) refuse('repeat');
    else {
      const user = userOf(found, form);
      if (typeof user === 'string') refuse('user');
      else takePairs(read, index, line, keyText(user), found.pairs, form, resolve);
    }
  }
  return read;
}

function takePairs(
  read: ReadLines,
  line: number,
  text: string,
  key: string,
  pairs: readonly Pair[],
  form: LineForm,
  resolve: Resolve,
): void {
  const operations: ReadOperation[] = [];
  const faults: { readonly fault: FaultName; readonly name: string }[] = [];
  let kept = 0;
  for (const pair of pairs) {
    const outcome = outcomeOf(pair, form, resolve);
    const name = nameText(pair.name);
    if (outcome === 'kept') kept += 1;
    else if (typeof outcome === 'string') faults.push({ fault: outcome, name: outcome === 'timestamp' ? '' : name });
    else operations.push({ ...outcome, name });
  }
  const users = operations.length > 0 ? read.users : read.idle;
  const of = `${operations.length > 0 ? 'user' : 'idle'} ${users.length}`;
  users.push({ key, line, text, kept, operations });
  read.faults.push(...faults.map((fault) => ({ ...fault, line, text, of })));
}

function outcomeOf(pair: Pair, form: LineForm, resolve: Resolve): Omit<ReadOperation, 'name'> | FaultName | 'kept' {
  const isNumber = typeof pair.name.id !== 'string';
  const { state, segment, expireMinutes } = isNumber ? resolve(pair.name) : { state: 'invalid', segment: 0, expireMinutes: null };
  if (state === 'invalid') return 'invalidSegment';
  if (state === 'unauthorized') return 'unauthorizedSegment';
  if (state === 'inactive') return 'inactiveSegment';
  if (pair.timestamp === null) return 'timestamp';
  const remove = { segment, value: 0, addedAtS: 0, lifetime: removal };
  if (pair.removing || pair.expiration === -1) return remove;
  if (pair.expiration === null && expireMinutes === 0) return 'kept';
  const minutes = pair.expiration ?? expireMinutes ?? form.defaultExpiration;
  if (minutes === -1) return remove;
  const lifetime = minutes === 0 ? most : Math.min(minutes, most);
  const addedAtS = pair.timestamp === 0 ? form.nowS : pair.timestamp;
  return addedAtS + lifetime * 60 <= form.nowS ? 'pastExpiration' : { segment, value: pair.value, addedAtS, lifetime };
}

const separatorsOf = (form: LineForm): (string | null)[] =>
  form.separators.map((separator) => (separator === null ? null : String.fromCharCode(separator)));

const splitAt = (text: string, separator: string | null | undefined): string[] =>
  separator === null || separator === undefined ? [text] : text.split(separator);

/** At the first separator only. */
function partAt(text: string, separator: string | null | undefined): [string, string | null] {
  const [first = '', ...rest] = splitAt(text, separator);
  return [first, rest.length === 0 ? null : rest.join(separator ?? '')];
}

function cutFault(line: string, form: LineForm): FaultName {
  const [uid, behind] = partAt(line, separatorsOf(form)[0]);
  return uid === '' || behind === null ? 'fields' : 'tooMany';
}

/** The line, or the first of its faults in the order of ingest.md section 4.5. */
function formatOf(line: string, form: LineForm): Line | FaultName {
  const [s1, s2, s3, s4, s5] = separatorsOf(form);
  const [uid, behind] = partAt(line, s1);
  if (uid === '' || behind === null) return 'fields';
  const [lists, domain] = partAt(behind, s5);
  if (s1 !== s3 && lists.includes(s1 ?? '')) return 'fields';
  const [adding = '', removing, ...more] = splitAt(lists, s4);
  if (more.length > 0) return 'fields';
  const blocks = [
    ...(adding === '' && removing !== undefined ? [] : splitAt(adding, s2)).map((block) => ({ block, removing: false })),
    ...(removing === undefined ? [] : splitAt(removing, s2)).map((block) => ({ block, removing: true })),
  ];
  const pairs: (Pair | null | undefined)[] = blocks.map((one) => pairOf(one.block, one.removing, s3, form));
  if (pairs.includes(undefined)) return 'fields';
  if (pairs.includes(null)) return 'value';
  if (domain !== null && domainName(domain) === undefined) return 'domain';
  if (pairs.length > 1800) return 'tooMany';
  return { uid, domain: domain === null ? null : (domainName(domain) ?? null), pairs: pairs as Pair[] };
}

/** Undefined: a wrong number of fields. Null: a wrong value. */
function pairOf(block: string, removing: boolean, s3: string | null | undefined, form: LineForm): Pair | null | undefined {
  const values = splitAt(block, s3);
  const identifying = form.fields.filter((field) =>
    form.fields.includes('SEG_ID') ? field === 'SEG_ID' : ['SEG_CODE', 'MEMBER_ID'].includes(field),
  );
  const names = values.length === form.fields.length ? form.fields : removing && values.length === identifying.length ? identifying : null;
  if (names === null || block === '') return undefined;
  const by = new Map(names.map((name, at) => [name, values[at] ?? '']));
  const [id, code, owner] = [by.get('SEG_ID'), by.get('SEG_CODE'), by.get('MEMBER_ID')];
  const [expiration, value, timestamp] = [by.get('EXPIRATION'), by.get('VALUE'), by.get('TIMESTAMP')];
  if (id !== undefined && !digits.test(id)) return null;
  if (code === '') return null;
  if (owner !== undefined && !digits.test(owner)) return null;
  if (expiration !== undefined && expiration !== '-1' && !inRange(expiration, 2 ** 31 - 1)) return null;
  if (value !== undefined && !inRange(value, 2 ** 31 - 1)) return null;
  return {
    name: nameOf(id, owner, code, form),
    removing,
    expiration: expiration === undefined ? null : Number(expiration),
    timestamp: timestamp === undefined ? 0 : inRange(timestamp, 2 ** 32 - 1) ? Number(timestamp) : null,
    value: value === undefined ? 0 : Number(value),
  };
}

/** Only the begin of a long name tells it apart (CodeNames). */
function nameOf(id: string | undefined, owner: string | undefined, code: string | undefined, form: LineForm): SegmentName {
  if (id !== undefined)
    return { id: inRange(id, 2 ** 32 - 1) ? Number(id) : String(BigInt(id)).slice(0, mostNameBytes), owner: 0, code: '' };
  return {
    id: null,
    owner: owner === undefined ? form.uploader : Number(owner) < 1e15 ? Number(owner) : Number.MAX_SAFE_INTEGER,
    code: (code ?? '').slice(0, mostNameBytes),
  };
}

function domainName(text: string): string | undefined {
  const folded = text.toLowerCase();
  const byNumber = Object.entries(deviceDomains).find(([, number]) => String(number) === text)?.[0];
  if (byNumber !== undefined) return byNumber;
  if (folded === 'sh1udid') return 'sha1udid';
  return folded === userDomain || Object.hasOwn(deviceDomains, folded) ? folded : undefined;
}

function userOf({ uid, domain }: Line, form: LineForm): Resolved {
  if (domain === null && form.externalMember !== null) return resolveExternalId(asMemberId(form.externalMember), uid);
  const named = domain ?? form.defaultDomain ?? userDomain;
  return named === userDomain ? resolveUserId(uid) : resolveDeviceId(named, uid);
}
