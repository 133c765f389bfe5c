import { refusal } from '../kit/refusal.ts';
import { readMember } from '../members/read-member.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { sharingErrors } from './sharing-errors.ts';
import { isEnabled, readRecordOf, segmentsOf } from './store/sharing-store.ts';

/** May this data member have a record for this buyer (platform.md section 6)? @throws Refusal of the kind INTEGRITY */
export async function checkNewRecord(db: CatalogReader, dataMember: number, buyer: number): Promise<void> {
  if (buyer === dataMember) throw refusal(sharingErrors.ownBuyer);
  const member = await readMember(db, buyer);
  if (!member) throw refusal(sharingErrors.noSuchBuyer, { buyer });
  if (member.externally_integrated_dsp === 1) throw refusal(sharingErrors.externalDsp, { buyer });
  if (!(await isEnabled(db, buyer, dataMember))) throw refusal(sharingErrors.notEnabled, { buyer, data: dataMember });
  if (await readRecordOf(db, dataMember, buyer)) throw refusal(sharingErrors.recordExists, { data: dataMember, buyer });
}

/** Only the data member's own member-level segments can be listed. A foreign one and none at all are refused alike. */
export async function checkSegments(db: CatalogReader, dataMember: number, segments: readonly number[]): Promise<void> {
  const found = await segmentsOf(db, dataMember, segments);
  for (const segment of segments) {
    const facts = found.get(segment);
    if (!facts) throw refusal(sharingErrors.noSuchSegment, { segment, data: dataMember });
    if (facts.advertiserId !== null) throw refusal(sharingErrors.advertiserLevel, { segment });
  }
}
