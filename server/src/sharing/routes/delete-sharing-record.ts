import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedIds } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { refusal } from '../../kit/refusal.ts';
import { refuseUnbuilt } from '../../segments/segment-address.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { ownRecord } from '../own-record.ts';
import { watchSight } from '../sight-watch.ts';
import { sharingAnswer, sharingIdPaths, sharingPaths } from '../sharing-wire.ts';
import { deleteRecord } from '../store/sharing-store.ts';

/** `DELETE /member-data-sharing?id=`: the buyer sees the segments no longer, from the next call on. */
export const deleteSharingRecord = (catalog: Catalog): AccountOperation => ({
  id: 'deleteSharingRecord',
  method: 'DELETE',
  paths: [...sharingPaths, ...sharingIdPaths],
  summary: 'End sharing with a buyer',
  access: writing,
  dbg: true,
  async handle(call) {
    refuseUnbuilt(call);
    const sight = sightOf(call, 'data_member_id');
    const ids = [...new Set(addressedIds(call.parameters, call.path.first))];
    if (ids.length === 0) throw refusal(httpErrors.missingParameter, { name: 'id' });
    await catalog.change(changeContext(call, 'deleteSharingRecord'), async (change) => {
      for (const id of ids) {
        const record = await ownRecord(change.db, sight, id);
        const tell = await watchSight(change, { dataMember: record.data_member_id, buyers: [record.buyer_member_id] });
        await deleteRecord(change, record);
        await tell('unshared');
      }
    });
    return sharingAnswer({ count: ids.length }, null);
  },
});
