import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, onlyOf } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { sharingRecordSchema } from '../sharing-schema.ts';
import { recordOnWire, sharingAnswer, sharingIdPaths, sharingPaths } from '../sharing-wire.ts';
import { listRecords, sharingFields } from '../store/sharing-store.ts';

/** `GET /member-data-sharing`: the data member's own records (Member Data Sharing Service). */
export const listSharingRecords = (db: CatalogReader): AccountOperation => ({
  id: 'listSharingRecords',
  method: 'GET',
  paths: [...sharingPaths, ...sharingIdPaths],
  summary: 'Read sharing records',
  access: reading,
  dbg: true,
  answer: sharingRecordSchema,
  async handle(call) {
    const member = sightOf(call, 'data_member_id');
    const ids = addressedIds(call.parameters, call.path.first);
    const asked = readListRequest(call.parameters, sharingFields);
    const list = addressedList(asked, ids);
    const { rows, count } = await listRecords(db, member, list);
    const shown = rows.map((record) => trimmed(recordOnWire(record), asked.shown));
    const page = asked.paged ? { start: asked.startElement, elements: asked.numElements } : null;
    if (!list.one) return sharingAnswer({ count, member_data_sharings: shown }, 'member_data_sharings', page);
    return sharingAnswer({ count: 1, member_data_sharing: onlyOf('sharing_record', list.one, shown) }, 'member_data_sharing', page);
  },
});

/** `GET /member-data-sharing/meta`. */
export const describeSharingRecords = (): AccountOperation => ({
  ...metaOperation('describeSharingRecords', sharingPaths, 'sharing records', sharingFields),
  dbg: true,
});
