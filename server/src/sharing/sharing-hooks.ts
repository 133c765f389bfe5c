import { refusal } from '../kit/refusal.ts';
import { segmentErrors } from '../segments/segment-errors.ts';
import type { SegmentHooks } from '../segments/segment-hooks.ts';
import { sharedWith } from './segment-sight.ts';
import { dropFromLists, recordListing } from './store/sharing-store.ts';

/** What sharing has to say about segments. */
export const sharingHooks: SegmentHooks = {
  availableTo: (_db, member) => sharedWith(member),
  async checkAdvertiserLevel(db, segmentId) {
    const record = await recordListing(db, segmentId);
    if (record !== undefined) throw refusal(segmentErrors.sharedToAdvertiser, { id: segmentId, record });
  },
  onDelete: dropFromLists,
};
