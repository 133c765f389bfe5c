import { refusal } from '../kit/refusal.ts';
import { readMember } from '../members/read-member.ts';
import { limitNotice, stepReached } from '../notices/notice.ts';
import { notify } from '../notices/notify.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { segmentErrors } from './segment-errors.ts';
import { countSegments } from './store/segment-store.ts';

/**
 * May the member have so many segments more (additions.md section 3)? To be asked inside the transaction that makes them, after it
 * has taken their ids: from there on no other call makes any, so two calls at the limit cannot both pass. A step of the limit that
 * is reached by them is told.
 * @throws Refusal segments.tooMany
 */
export async function checkSegmentLimit(change: CatalogChange, member: number, added: number): Promise<void> {
  const maximum = (await readMember(change.db, member))?.segment_limit ?? 0;
  if (maximum === 0) return;
  const count = await countSegments(change.db, member);
  const value = count + added;
  if (value > maximum) throw refusal(segmentErrors.tooMany, { member, limit: maximum, count });
  const percent = stepReached(value, maximum);
  if (percent <= stepReached(count, maximum)) return;
  await notify(
    change,
    limitNotice({ name: 'segment_limit', of: 'the segments of your member', value, maximum, percent }, member, change.nowMs),
  );
}
