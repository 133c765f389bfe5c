import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { checkSegmentLimit } from './check-segment-limit.ts';
import type { SegmentContent } from './segment.ts';
import { insertSegment, segmentRow } from './store/segment-store.ts';

/** Makes one segment of a member; answers its id. @throws Refusal segments.tooMany */
export async function makeSegment(change: CatalogChange, member: number, content: SegmentContent): Promise<number> {
  const id = await change.newIds('segment');
  await checkSegmentLimit(change, member, 1);
  await insertSegment(change, segmentRow(id, member, content, change.nowMs));
  return id;
}
