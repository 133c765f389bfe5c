/** A catalog snapshot in a few lines, for unit tests of the hot paths. */
import { CatalogSnapshot, codeKey, type MemberFacts, type SegmentFacts, type SharingFacts } from '../src/catalog-view/catalog-snapshot.ts';
import type { Caller, Role } from '../src/http/caller.ts';
import type { Call } from '../src/http/operation.ts';
import { Parameters } from '../src/http/parameters.ts';
import { asMemberId, asSegmentId, type MemberId, type SegmentId } from '../src/kit/ids.ts';
import { LayeredMap } from '../src/kit/layered-map.ts';
import { defaultIngestSettings, type MemberIngest, type SetIngestSettings } from '../src/members/ingest-settings.ts';

export interface SmallSegment {
  readonly id: number;
  readonly member: number;
  readonly code?: string;
  readonly inactive?: true;
  readonly expireMinutes?: number;
  readonly advertiser?: number;
}

export interface SmallCatalog {
  /** The first one runs the platform. Negative: inactive. */
  readonly members: readonly number[];
  readonly segments: readonly SmallSegment[];
  /** What was set for members. */
  readonly ingest?: Readonly<Record<number, SetIngestSettings & { readonly writableOwners?: readonly number[] }>>;
  /** By member. */
  readonly membershipLimits?: Readonly<Record<number, number>>;
  /** Buyers that have enabled the data member and are given these segments (null: all). */
  readonly sharing?: readonly { readonly from: number; readonly to: number; readonly segments: readonly number[] | null }[];
}

export function snapshotOf({ members, segments, ingest = {}, membershipLimits = {}, sharing = [] }: SmallCatalog): CatalogSnapshot {
  const given = new Map<MemberId, Map<MemberId, SharingFacts>>();
  const enabled = new Map<MemberId, Set<MemberId>>();
  for (const { from, to, segments: shared } of sharing) {
    const buyer = asMemberId(to);
    const facts = { segments: shared && new Set(shared.map(asSegmentId)), exportAllowed: false };
    given.set(buyer, (given.get(buyer) ?? new Map()).set(asMemberId(from), facts));
    enabled.set(buyer, (enabled.get(buyer) ?? new Set()).add(asMemberId(from)));
  }
  return new CatalogSnapshot({
    members: new LayeredMap(new Map(members.map((id, at) => [asMemberId(Math.abs(id)), memberOf(id, at)]))),
    accounts: new LayeredMap(),
    segments: new LayeredMap(new Map(segments.map((segment) => [asSegmentId(segment.id), segmentOf(segment)]))),
    segmentCodes: new LayeredMap(new Map(segments.flatMap(codeOf))),
    membershipLimits: new Map(Object.entries(membershipLimits).map(([member, limit]) => [asMemberId(Number(member)), limit])),
    platformMember: members[0] === undefined ? undefined : asMemberId(members[0]),
    sharing: given,
    enabled,
    syncHosts: new Map(),
    ingest: new Map(Object.entries(ingest).map(([member, set]) => [asMemberId(Number(member)), ingestOf(set)])),
  });
}

const memberOf = (id: number, at: number): MemberFacts => ({
  id: asMemberId(Math.abs(id)),
  name: `Member ${Math.abs(id)}`,
  primaryType: at === 0 ? 'platform' : 'data_provider',
  active: id > 0,
  exposure: 'public',
  readsPerMinute: null,
  writesPerMinute: null,
  membershipLimit: null,
});

const segmentOf = ({ id, member, code, inactive, expireMinutes, advertiser }: SmallSegment): SegmentFacts => ({
  id: asSegmentId(id),
  memberId: asMemberId(member),
  code: code ?? null,
  shortName: null,
  active: inactive !== true,
  advertiserId: (advertiser ?? null) as SegmentFacts['advertiserId'],
  expireMinutes: expireMinutes ?? null,
  clientSide: true,
  taxonomyId: null,
  piggyback: [],
});

const codeOf = ({ id, member, code }: SmallSegment): [string, SegmentId][] =>
  code === undefined ? [] : [[codeKey(member, code), asSegmentId(id)]];

function ingestOf({ writableOwners = [], ...set }: SetIngestSettings & { readonly writableOwners?: readonly number[] }): MemberIngest {
  return { settings: { ...defaultIngestSettings, ...set }, set, writableOwners: new Set(writableOwners.map(asMemberId)) };
}

export interface SmallCall {
  readonly member: number;
  readonly role?: Role;
  readonly query?: string;
  /** JSON text, or a value that becomes it. */
  readonly body?: unknown;
}

/** A call of a hot operation, as admission hands it over. */
export function callOf({ member, role = 'member', query = '', body }: SmallCall): Call {
  const caller: Caller = { accountId: null, username: null, memberId: asMemberId(member), role };
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const facts = { method: 'GET', path: '/', query, headers: {}, peerAddress: '127.0.0.1', encrypted: false, queryToken: undefined };
  return { requestId: 'test', facts, parameters: new Parameters(query), path: {}, body: Buffer.from(text), warnings: [], caller };
}
