import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { AudienceTable } from '../../storage/sql/exchange-schema.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { dropOffers, type Offer, offersOf, putOffers, readOfferedAmong } from '../store/audience-store.ts';

type Owner = Pick<Endpoint, 'id' | 'memberId'>;

/** A push producer's list changes: each segment that is new, other or gone is in the audit trail. */
export async function offerSegments(change: CatalogChange, owner: Owner, offers: readonly Offer[], how: 'add' | 'replace'): Promise<void> {
  const ids = [...new Set(offers.map(({ segmentId }) => segmentId))];
  const before = how === 'replace' ? await offersOf(change.db, owner.id) : await readOfferedAmong(change.db, owner.id, ids);
  if (how === 'replace') await dropOffers(change, owner.id);
  await putOffers(change, { endpoint: owner.id, member: owner.memberId }, offers);
  const after = await readOfferedAmong(change.db, owner.id, ids);
  recordOffers(change, owner, before, after);
}

/** Takes one segment off a push producer's list, or all. @returns how many there were */
export async function withdrawSegments(change: CatalogChange, owner: Owner, segment?: string): Promise<number> {
  const before = segment === undefined ? await offersOf(change.db, owner.id) : await readOfferedAmong(change.db, owner.id, [segment]);
  await dropOffers(change, owner.id, segment);
  recordOffers(change, owner, before, []);
  return before.length;
}

function recordOffers(change: CatalogChange, owner: Owner, before: readonly AudienceTable[], after: readonly AudienceTable[]): void {
  const known = new Map(before.map((row) => [row.segment_id, row]));
  const now = new Map(after.map((row) => [row.segment_id, row]));
  for (const id of new Set([...known.keys(), ...now.keys()]))
    change.record({
      objectType: 'audience',
      objectId: `${owner.id}/${id}`,
      memberId: owner.memberId,
      before: shown(known.get(id)),
      after: shown(now.get(id)),
    });
}

/** Without the time: a list that is sent again as it was has changed nothing. */
function shown(row: AudienceTable | undefined): Omit<AudienceTable, 'refreshed_on'> | null {
  if (row === undefined) return null;
  const { refreshed_on: _, ...rest } = row;
  return rest;
}
