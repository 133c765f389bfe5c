import { refusal } from '../kit/refusal.ts';
import { readAdvertiser } from '../members/read-advertiser.ts';
import type { CatalogReader, SegmentTable } from '../storage/sql/catalog-schema.ts';
import { segmentErrors } from './segment-errors.ts';
import { hasChildren, isCodeTaken, readSegmentRow } from './store/segment-store.ts';

/**
 * What a segment says of other objects must hold: its code is free in the member, its advertiser and its parent are the member's
 * own, and parents have one level (platform.md section 5). To be asked inside the transaction that writes it.
 */
export async function checkReferences(db: CatalogReader, row: SegmentTable, path: string): Promise<void> {
  if (row.code !== null && (await isCodeTaken(db, row.member_id, row.code, row.id)))
    throw refusal(segmentErrors.codeTaken, { code: row.code, member: row.member_id });
  if (row.advertiser_id !== null) {
    const advertiser = await readAdvertiser(db, row.advertiser_id);
    if (advertiser?.member_id !== row.member_id)
      throw refusal(segmentErrors.advertiserUnknown, { advertiser: row.advertiser_id, member: row.member_id });
  }
  if (row.parent_segment_id === null) return;
  const parent = await readSegmentRow(db, row.parent_segment_id);
  if (!parent || parent.id === row.id || parent.member_id !== row.member_id)
    throw refusal(segmentErrors.parentUnknown, { path, parent: row.parent_segment_id });
  if (parent.parent_segment_id !== null || (await hasChildren(db, row.id)))
    throw refusal(segmentErrors.parentNested, { path, parent: row.parent_segment_id });
}
