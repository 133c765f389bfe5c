import type { CatalogSnapshot } from '../catalog-view/catalog-snapshot.ts';
import { digitsOf } from '../http/exact-numbers.ts';
import { httpErrors } from '../http/http-errors.ts';
import { shortened } from '../http/parameters.ts';
import { isObject, kindOf } from '../http/read-body.ts';
import { asMemberId, type MemberId } from '../kit/ids.ts';
import { refusal } from '../kit/refusal.ts';
import type { Identifier } from '../profiles/identifier.ts';
import type { LinkResult } from './identity-link-schema.ts';
import { mayLink, mayNameExternal } from './link-rights.ts';
import { resolveIdentifier, type Resolved, resolveUserId } from './resolve-user.ts';

/** What a pair asks for, or why nothing is done. */
export type LinkPair =
  | { readonly does: 'link'; readonly identifier: Identifier; readonly to: Identifier }
  | { readonly does: 'unlink'; readonly identifier: Identifier }
  | { readonly does: 'nothing'; readonly result: LinkResult };

/** Who sends pairs. */
export interface PairSender {
  readonly snapshot: CatalogSnapshot;
  /** Null: the administrator for everybody. */
  readonly sight: MemberId | null;
  /** Whose external id it is where none is named. */
  readonly member: MemberId;
  readonly eidSources: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

const pairKeys: ReadonlySet<string> = new Set(['user_id', 'to', 'identifier', 'unlink']);
const namedKeys: ReadonlySet<string> = new Set(['domain', 'id', 'member_id', 'source', 'type']);

/**
 * Reads one pair of `POST /identity-link` (ingest.md section 1.5). What names nobody is the pair's own result; null counts as absent. A pair
 * that names two users, or none, or an unlinking that names one, is `invalid-user`: nothing is guessed.
 * @throws Refusal http.invalidField where `unlink` is neither true nor false
 */
export function readLinkPair(pair: Fields, path: string, sender: PairSender, warnings: string[]): LinkPair {
  warnOfUnknown(pair, pairKeys, path, warnings);
  const unlink = pair.unlink ?? false;
  if (typeof unlink !== 'boolean')
    throw refusal(httpErrors.invalidField, { path: `${path}.unlink`, fault: `must be true or false, not ${kindOf(unlink)}` });
  const to = unlink ? null : readUser(pair, `${path}.to`, sender, warnings);
  if (to === undefined || (unlink && (pair.user_id ?? pair.to) != null)) return nothing('invalid-user');
  const identifier = readNamed(pair.identifier, `${path}.identifier`, sender, warnings);
  if (typeof identifier === 'string' || identifier.kind === 'user') return nothing('invalid-identifier');
  if (!mayLink(sender.snapshot, sender.sight, identifier)) return nothing('unauthorized');
  if (to === null) return { does: 'unlink', identifier };
  if (to.kind === 'external' && !mayNameExternal(sender.snapshot, sender.sight, to.member)) return nothing('unauthorized');
  return { does: 'link', identifier, to };
}

const nothing = (result: LinkResult): LinkPair => ({ does: 'nothing', result });

/** Undefined where the pair names no user, two of them, or one who cannot be. */
function readUser(pair: Fields, path: string, sender: PairSender, warnings: string[]): Identifier | undefined {
  const { user_id: id, to } = pair;
  if ((id == null) === (to == null)) return undefined;
  const resolved = to == null ? resolveUserId(textOf(id)) : readNamed(to, path, sender, warnings);
  return typeof resolved === 'string' ? undefined : resolved;
}

/** An identifier as an object: `{"domain", "id"}`, and `member_id`, `source` or `type` where the domain asks for it. */
function readNamed(value: unknown, path: string, sender: PairSender, warnings: string[]): Resolved {
  if (!isObject(value)) return 'malformed-id';
  warnOfUnknown(value, namedKeys, path, warnings);
  const domain = value.domain == null ? undefined : textOf(value.domain);
  const member = value.member_id == null ? sender.member : memberOf(textOf(value.member_id));
  if (member === undefined) return 'malformed-id';
  const parts = { domain, id: textOf(value.id), source: textOf(value.source), type: textOf(value.type), member };
  const resolved = resolveIdentifier(parts, sender.eidSources);
  // Whoever may name others' external ids is told that a member is not there; everybody else has no right to them anyway.
  const ofNobody = typeof resolved !== 'string' && resolved.kind === 'external' && sender.sight === null && !sender.snapshot.member(member);
  return ofNobody ? 'malformed-id' : resolved;
}

/** Text, or a number's own digits; nothing for all else, which no identifier is. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : (digitsOf(value) ?? '');
}

const memberOf = (digits: string): MemberId | undefined => (/^[1-9]\d{0,8}$/.test(digits) ? asMemberId(Number(digits)) : undefined);

function warnOfUnknown(fields: Fields, known: ReadonlySet<string>, path: string, warnings: string[]): void {
  for (const key of Object.keys(fields)) if (!known.has(key)) warnings.push(`${path}.${shortened(key)} is unknown and was ignored`);
}
