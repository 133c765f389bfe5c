import { notify } from '../../notices/notify.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import { heldShare, updateShare } from '../store/share-store.ts';

/** How a job of a share ended. */
export type JobOutcome = 'COMPLETE' | 'FAILED' | 'CANCELED';

/** So many in a row disable a schedule (exchange-sharing.md section 7). */
const failuresBeforeDisabling = 3;

/**
 * In the transaction that ends a job: counts the share's failures in a row. The third disables a share that has a schedule, and tells its member. A
 * canceled job says nothing of the share. Nothing happens where the share has been deleted.
 */
export async function noteJobEnd(change: CatalogChange, shareId: number, outcome: JobOutcome): Promise<void> {
  const share = outcome === 'CANCELED' ? undefined : await heldShare(change, shareId);
  if (!share) return;
  const failures = outcome === 'COMPLETE' ? 0 : share.failures + 1;
  if (failures !== share.failures) await change.db.updateTable('share').set({ failures }).where('id', '=', shareId).execute();
  if (failures < failuresBeforeDisabling || share.schedule.type === 'NOW' || !share.enabled) return;
  await updateShare(change, share, { enabled: 0, disabled_reason: 'FAILURES' });
  await notify(change, {
    to: share.memberId,
    kind: 'schedule-disabled',
    severity: 'error',
    text: `The schedule of the share "${share.name}" was switched off, because its last ${failures} runs failed`,
    subject: { type: 'share', id: shareId },
    details: { share_id: shareId, reason: 'FAILURES' },
  });
}
