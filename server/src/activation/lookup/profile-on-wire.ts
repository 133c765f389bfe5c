import type { CatalogSnapshot, SegmentFacts } from '../../catalog-view/catalog-snapshot.ts';
import { canSee } from '../../catalog-view/segment-rights.ts';
import { nameOnWire, type NameOnWire } from '../../identity/name-on-wire.ts';
import type { MemberId, SegmentId } from '../../kit/ids.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import type { Membership, Profile } from '../../profiles/profile-store.ts';

export interface UserOnWire extends NameOnWire {
  readonly known: boolean;
  readonly opted_out: boolean;
  readonly mapped_until: string | null;
}

export interface MembershipOnWire {
  readonly segment_id: number;
  readonly code: string | null;
  readonly member_id: number;
  readonly value: number;
  readonly added_at: string;
  readonly expires_at: string | null;
  readonly lifetime_minutes: number | null;
  readonly source: string;
}

/** Whom an identifier names: its user's first identifier; an external id without a mapping names nobody. */
export const userOnWire = (identifier: Identifier, { first, known, optedOut, mappedUntilS }: Profile): UserOnWire => ({
  ...nameOnWire(first),
  known,
  opted_out: optedOut,
  mapped_until: identifier.kind === 'external' && mappedUntilS !== null ? timestamp(mappedUntilS) : null,
});

/** The fields of the answer: what `writeLookup` writes, as an object. The slow, obvious twin. */
export function lookupFields(identifier: Identifier, profile: Profile, snapshot: CatalogSnapshot, member: MemberId | null) {
  const memberships = membershipsOnWire(profile, snapshot, member);
  return { count: memberships.length, user: userOnWire(identifier, profile), memberships };
}

/** The segment of a membership where it may be shown to a member, or to the administrator (null); else undefined. */
export function shownSegment(segmentId: SegmentId, snapshot: CatalogSnapshot, member: MemberId | null): SegmentFacts | undefined {
  const segment = snapshot.segment(segmentId);
  return segment && (member === null ? segment.active : canSee(snapshot, member, segment)) ? segment : undefined;
}

/** The memberships that a member may see, or all there are for the administrator (null); those of inactive and unknown segments never. */
function membershipsOnWire(profile: Profile, snapshot: CatalogSnapshot, member: MemberId | null): MembershipOnWire[] {
  const shown: MembershipOnWire[] = [];
  for (const membership of profile.memberships) {
    const segment = shownSegment(membership.segment, snapshot, member);
    if (segment) shown.push(membershipOnWire(membership, segment));
  }
  return shown;
}

function membershipOnWire({ segment, value, addedAtS, lifetimeMinutes, source }: Membership, facts: SegmentFacts): MembershipOnWire {
  return {
    segment_id: segment,
    code: facts.code,
    member_id: facts.memberId,
    value,
    added_at: timestamp(addedAtS),
    expires_at: lifetimeMinutes === null ? null : timestamp(addedAtS + lifetimeMinutes * 60),
    lifetime_minutes: lifetimeMinutes,
    source: source.kind,
  };
}

const timestamp = (seconds: number): string => formatTimestamp(seconds * 1000);
