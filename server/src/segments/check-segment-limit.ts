import { refusal } from '../kit/refusal.ts';
import { readMember } from '../members/read-member.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { segmentErrors } from './segment-errors.ts';
import { countSegments } from './store/segment-store.ts';

/**
 * May the member have so many segments more (additions.md section 3)? To be asked inside the transaction that makes them, after it
 * has taken their ids: from there on no other call makes any, so two calls at the limit cannot both pass.
 * @throws Refusal segments.tooMany
 */
export async function checkSegmentLimit(db: CatalogReader, member: number, added: number): Promise<void> {
  const limit = (await readMember(db, member))?.segment_limit ?? 0;
  if (limit === 0) return;
  const count = await countSegments(db, member);
  if (count + added > limit) throw refusal(segmentErrors.tooMany, { member, limit, count });
}
