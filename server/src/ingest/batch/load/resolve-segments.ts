import type { CatalogSnapshot } from '../../../catalog-view/catalog-snapshot.ts';
import type { MemberId } from '../../../kit/ids.ts';
import { SegmentUses } from '../../instant/segment-uses.ts';
import type { ResolvedSegment, SegmentName } from '../parse/segment-table.ts';

/** What the catalog says of the names that a member's file has for segments; the rules are those of instant calls (ingest.md section 3.2). */
export function resolveSegments(snapshot: CatalogSnapshot, member: MemberId, names: readonly SegmentName[]): ResolvedSegment[] {
  const uses = new SegmentUses(snapshot, member);
  return names.map((name) => {
    const { state, segment } = uses.at(uses.of({ ...name, value: 0, expiration: null }));
    return { name, state, segment: segment?.id ?? 0, expireMinutes: segment?.expireMinutes ?? null };
  });
}
