import { changeContext } from '../../access/acting-member.ts';
import { deletedAnswer } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { changeable } from '../changeable-segment.ts';
import { changedSegments, refuseUnbuilt } from '../segment-address.ts';
import type { SegmentHooks } from '../segment-hooks.ts';
import { deleteSegment as deleteRow, readSegmentRow } from '../store/segment-store.ts';

/** `DELETE /segment`: gone at once, with its memberships; one unknown id in a list deletes none (platform.md section 5). */
export const deleteSegment = (catalog: Catalog, hooks: SegmentHooks): AccountOperation => ({
  id: 'deleteSegment',
  method: 'DELETE',
  paths: ['/segment', '/segment/:first', '/segment/:first/:second'],
  summary: 'Delete segments with their memberships',
  access: writing,
  async handle(call) {
    refuseUnbuilt(call);
    const addressed = await changedSegments(catalog.read, call, hooks);
    const { ids } = addressed;
    if (!ids) throw refusal(httpErrors.missingParameter, { name: 'id' });
    await catalog.change(changeContext(call, 'deleteSegment'), async (change) => {
      for (const id of ids) await changeable(change.db, addressed, id);
      const gone = await hooks.onDelete(change, ids);
      for (const id of ids) {
        const row = await readSegmentRow(change.db, id);
        if (row) await deleteRow(change, row);
      }
      await gone();
    });
    return deletedAnswer(ids.length);
  },
});
