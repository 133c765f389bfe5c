import { accessErrors } from '../access/access-errors.ts';
import { requireOwnMember } from '../access/acting-member.ts';
import { addressedIds, notFound } from '../http/answers.ts';
import { httpErrors } from '../http/http-errors.ts';
import type { Call } from '../http/operation.ts';
import { readIds, shortened } from '../http/parameters.ts';
import { fold } from '../kit/fold.ts';
import { refusal } from '../kit/refusal.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { segmentErrors } from './segment-errors.ts';
import type { SegmentHooks } from './segment-hooks.ts';
import { readSegmentsByCode, type Sight } from './store/segment-store.ts';

/** Which segments a call is about. `member` is set where the path named one. */
export interface SegmentAddress {
  readonly member: number | undefined;
  readonly ids: readonly number[] | undefined;
}

/**
 * Reads the addresses of GET, PUT and DELETE: `/segment`, `/segment/S`, and the impression bus's `/segment/M` and `/segment/M/S`.
 * A single number is the member where it is the caller's own, else a segment (platform.md section 1).
 * @throws Refusal access.otherMember, http.invalidParameter
 */
export function segmentAddress(call: Call): SegmentAddress {
  const { first, second } = call.path;
  if (first === undefined) return { member: undefined, ids: addressedIds(call.parameters, undefined) };
  if (second !== undefined) {
    const member = onlyId(first);
    requireOwnMember(call, member, 'the path');
    return { member, ids: addressedIds(call.parameters, second) };
  }
  const ids = readIds('id', first);
  if (ids.length === 1 && ids[0] === call.caller.memberId) return { member: ids[0], ids: call.parameters.ids('id') };
  return { member: undefined, ids: addressedIds(call.parameters, first) };
}

/** The segments that a call is to change. */
export interface ChangedSegments {
  /** Each once; undefined where the address names none (a PUT may name them in its body). */
  readonly ids: readonly number[] | undefined;
  /** Whose eyes look: a shared segment is seen and refused, an invisible one is not there. */
  readonly sight: Sight;
  /** The member that the path or `member_id` names: an administrator means this one's segments. */
  readonly member: number | undefined;
}

/**
 * Reads which segments a PUT or DELETE is about: by id, or by code.
 * @throws Refusal segments.addressNotMember for a path that names only a member, http.notFound for a code that names nothing
 */
export async function changedSegments(db: CatalogReader, call: Call, hooks: SegmentHooks): Promise<ChangedSegments> {
  const { caller, parameters } = call;
  const address = segmentAddress(call);
  const codes = parameters.text('code')?.split(',');
  if (address.member !== undefined && !address.ids && !codes) throw refusal(segmentErrors.addressNotMember, { method: call.facts.method });
  const named = parameters.id('member_id');
  if (named !== undefined) requireOwnMember(call, named, 'member_id');
  if (named !== undefined && address.member !== undefined && named !== address.member)
    throw refusal(httpErrors.invalidParameter, { name: 'member_id', fault: 'names another member than the path does' });
  const member = address.member ?? named;
  const sight: Sight = { member: caller.role === 'admin' ? (member ?? null) : caller.memberId, includeShared: true, hooks };
  if (!codes) return { ids: address.ids && [...new Set(address.ids)], sight, member };
  if (address.ids) throw refusal(httpErrors.invalidParameter, { name: 'code', fault: 'cannot stand beside ids' });
  if (sight.member === null) throw refusal(accessErrors.memberNeeded, { parameter: 'member_id' });
  return { ids: [...new Set(await idsByCode(db, sight, codes))], sight, member };
}

/** The segment of each code, the own one before a shared one. @throws Refusal http.notFound where a code names nothing */
async function idsByCode(db: CatalogReader, sight: Sight, codes: readonly string[]): Promise<number[]> {
  const found = new Map<string, number>();
  for (const { id, code_folded: code } of await readSegmentsByCode(db, sight, codes))
    if (code !== null && !found.has(code)) found.set(code, id);
  return codes.map((code) => {
    const id = found.get(fold(code));
    if (id === undefined) throw notFound('segment', 'code', shortened(code));
    return id;
  });
}

function onlyId(text: string): number {
  const [id, ...more] = readIds('member_id', text);
  if (id === undefined || more.length > 0) throw refusal(httpErrors.invalidParameter, { name: 'member_id', fault: 'must be one id' });
  return id;
}

/** Parameters that a later version acts on, and that must not be passed over: they ask that nothing be changed, or only later. */
export function refuseUnbuilt(call: Call, sent: Readonly<Record<string, unknown>> = {}): void {
  for (const name of ['impact', 'grace_until', 'ends_targeting'])
    if (call.parameters.has(name) || name in sent) throw refusal(segmentErrors.notBuilt, { name });
}
