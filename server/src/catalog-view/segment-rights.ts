import type { MemberId } from '../kit/ids.ts';
import type { CatalogSnapshot, SegmentFacts } from './catalog-snapshot.ts';

/**
 * May this member see the segment's memberships? Its own; or member-level ones that an active member shares with it, as long
 * as it has the provider enabled (platform.md section 6; activation.md section 1). Inactive segments are shown to nobody.
 */
export function canSee(snapshot: CatalogSnapshot, member: MemberId, segment: SegmentFacts): boolean {
  if (!segment.active) return false;
  return segment.memberId === member || isShared(snapshot, member, segment);
}

/** Is the segment available to a member that does not own it? */
export function isShared(snapshot: CatalogSnapshot, buyer: MemberId, segment: SegmentFacts): boolean {
  if (segment.advertiserId !== null) return false;
  if (!snapshot.tables.enabled.get(buyer)?.has(segment.memberId)) return false;
  const sharing = snapshot.tables.sharing.get(buyer)?.get(segment.memberId);
  if (!sharing || snapshot.member(segment.memberId)?.active !== true) return false;
  return sharing.segments === null || sharing.segments.has(segment.id);
}

/** May this member add and remove users? Its own segments, and those of members that gave it access (ingest.md section 3.2). Sharing does not give this. */
export function canWrite(snapshot: CatalogSnapshot, member: MemberId, owner: MemberId): boolean {
  return owner === member || snapshot.ingest(member).writableOwners.has(owner);
}

/** May this member target the segment anew? What it may see, active (platform.md section 8). */
export const canTarget = canSee;

/** May this member pass the segment on through the exchange? Its own, or what a record with `export_allowed` gives it. */
export function canExport(snapshot: CatalogSnapshot, member: MemberId, segment: SegmentFacts): boolean {
  if (!canSee(snapshot, member, segment)) return false;
  return segment.memberId === member || snapshot.tables.sharing.get(member)?.get(segment.memberId)?.exportAllowed === true;
}
