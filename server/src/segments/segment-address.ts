import { requireOwnMember } from '../access/acting-member.ts';
import { addressedIds, notFound } from '../http/answers.ts';
import { httpErrors } from '../http/http-errors.ts';
import type { Call } from '../http/operation.ts';
import { readIds } from '../http/parameters.ts';
import { refusal } from '../kit/refusal.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { segmentErrors } from './segment-errors.ts';
import { readSegmentsByCode, type Sight } from './store/segment-store.ts';

/** Which segments a call is about. `member` is set where the path named one. */
export interface SegmentAddress {
  readonly member: number | undefined;
  readonly ids: readonly number[] | undefined;
  readonly codes: readonly string[] | undefined;
}

/**
 * Reads the addresses of GET, PUT and DELETE: `/segment`, `/segment/S`, and the impression bus's `/segment/M` and `/segment/M/S`.
 * A single number is the member where it is the caller's own, else a segment (platform.md section 1).
 * @throws Refusal access.otherMember, http.invalidParameter
 */
export function segmentAddress(call: Call): SegmentAddress {
  const { first, second } = call.path;
  const codes = call.parameters.text('code')?.split(',');
  if (first === undefined) return { member: undefined, ids: addressedIds(call.parameters, undefined), codes };
  if (second !== undefined) {
    const member = onlyId(first);
    requireOwnMember(call, member, 'the path');
    return { member, ids: addressedIds(call.parameters, second), codes };
  }
  const ids = readIds('id', first);
  if (ids.length === 1 && ids[0] === call.caller.memberId) return { member: ids[0], ids: call.parameters.ids('id'), codes };
  return { member: undefined, ids: addressedIds(call.parameters, first), codes };
}

/** The same for calls that change: they need a segment, and a path that names only a member is refused. */
export function changedAddress(call: Call): SegmentAddress {
  const address = segmentAddress(call);
  if (address.member !== undefined && address.ids === undefined && address.codes === undefined)
    throw refusal(segmentErrors.addressNotMember, { method: call.facts.method });
  return address;
}

/**
 * The ids that an address names. A single code is one segment: the own one before a shared one.
 * @throws Refusal http.notFound where a single code names nothing
 */
export async function resolvedIds(db: CatalogReader, sight: Sight, address: SegmentAddress): Promise<readonly number[] | undefined> {
  const { codes } = address;
  if (!codes) return address.ids;
  const ids = (await readSegmentsByCode(db, sight, codes)).map((row) => row.id);
  if (codes.length > 1) return ids;
  if (ids.length === 0) throw notFound('segment', 'code', (codes[0] ?? '').slice(0, 50));
  return ids.slice(0, 1);
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
