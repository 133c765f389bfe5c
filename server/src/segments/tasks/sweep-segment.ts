import type { TaskHandler } from '../../background/background-task.ts';
import { asSegmentId } from '../../kit/ids.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';

/**
 * Ends the memberships of a deleted segment. Catalog and profiles share no transaction, so the deletion leaves this task behind;
 * until it ran nobody sees the memberships, because nobody sees the segment.
 */
export const sweepSegment = (profiles: Pick<ProfileStore, 'dropSegment'>): TaskHandler => ({
  mostAttempts: Number.POSITIVE_INFINITY,
  async run({ subjectId }) {
    if (subjectId === null) throw new Error('a sweep-segment task names no segment');
    await profiles.dropSegment(asSegmentId(subjectId));
  },
});
