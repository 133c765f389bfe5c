import type { MemberHooks } from '../members/member-hooks.ts';
import type { RevocationReason } from '../notices/notice.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { refusal } from '../kit/refusal.ts';
import { segmentErrors } from '../segments/segment-errors.ts';
import type { SegmentHooks } from '../segments/segment-hooks.ts';
import { sharedWith } from './segment-sight.ts';
import { watchSight } from './sight-watch.ts';
import { dropFromLists, ownersOf, recordListing } from './store/sharing-store.ts';

/** What sharing has to say about segments. */
export const sharingHooks: SegmentHooks = {
  availableTo: sharedWith,
  async checkAdvertiserLevel(db, segmentId) {
    const record = await recordListing(db, segmentId);
    if (record !== undefined) throw refusal(segmentErrors.sharedToAdvertiser, { id: segmentId, record });
  },
  beforeSightEnds: (change, segmentIds, reason) => watchSegments(change, segmentIds, reason),
  async onDelete(change, segmentIds) {
    const tell = await watchSegments(change, segmentIds, 'deleted');
    await dropFromLists(change, segmentIds);
    return tell;
  },
};

/** What sharing has to say about members. */
export const sharingMemberHooks: MemberHooks = {
  async beforeDeactivation(change, member) {
    const tell = await watchSight(change, { dataMember: member });
    return () => tell('deactivated');
  },
};

/** An administrator's call can be about the segments of several members. */
async function watchSegments(change: CatalogChange, segmentIds: readonly number[], reason: RevocationReason): Promise<() => Promise<void>> {
  const watches: Awaited<ReturnType<typeof watchSight>>[] = [];
  for (const [dataMember, segments] of await ownersOf(change.db, segmentIds))
    watches.push(await watchSight(change, { dataMember, segments }));
  return async () => {
    for (const tell of watches) await tell(reason);
  };
}
