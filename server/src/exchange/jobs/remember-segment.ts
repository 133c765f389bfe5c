import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { ShareJob } from '../store/share-job-store.ts';

/** The first run of a share has made its destination audience: later runs go there. */
export async function rememberSegment(change: CatalogChange, job: Pick<ShareJob, 'share_id'>, segmentId: string): Promise<void> {
  await change.db
    .updateTable('share')
    .set({ destination_segment_id: segmentId })
    .where('id', '=', job.share_id ?? 0)
    .where('destination_segment_id', 'is', null)
    .execute();
}
