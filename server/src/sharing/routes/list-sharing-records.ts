import { actingMember } from '../../access/acting-member.ts';
import { addressedIds, narrowedTo, notFound } from '../../http/answers.ts';
import { describeFields, readListRequest, trimmed } from '../../http/list-parameters.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { ownRecord } from '../own-record.ts';
import { sharingRecordSchema } from '../sharing-schema.ts';
import { recordOnWire, sharingAnswer, sharingIdPaths, sharingPaths } from '../sharing-wire.ts';
import { listRecords, type SharingRecord, sharingFields } from '../store/sharing-store.ts';

/** `GET /member-data-sharing`: the data member's own records (Member Data Sharing Service). */
export const listSharingRecords = (db: CatalogReader): AccountOperation => ({
  id: 'listSharingRecords',
  method: 'GET',
  paths: [...sharingPaths, ...sharingIdPaths],
  summary: 'Read sharing records',
  access: reading,
  answer: sharingRecordSchema,
  async handle(call) {
    const { parameters, caller } = call;
    const named = parameters.has('data_member_id') ? actingMember(call, 'data_member_id', 'own') : undefined;
    const member = caller.role === 'admin' ? (named ?? null) : caller.memberId;
    const ids = addressedIds(parameters, call.path.first);
    const asked = readListRequest(parameters, sharingFields);
    const show = (record: SharingRecord) => trimmed(recordOnWire(record), asked.shown);
    const page = asked.paged ? { start: asked.startElement, elements: asked.numElements } : null;
    if (ids?.length === 1) {
      const record = await ownRecord(db, call, ids[0] ?? 0);
      if (member !== null && record.data_member_id !== member) throw notFound('sharing record', 'id', record.id);
      return sharingAnswer({ count: 1, member_data_sharing: show(record) }, 'member_data_sharing', page);
    }
    const { rows, count } = await listRecords(db, member, narrowedTo(asked, ids));
    return sharingAnswer({ count, member_data_sharings: rows.map(show) }, 'member_data_sharings', page);
  },
});

/** `GET /member-data-sharing/meta`. */
export const describeSharingRecords = (): AccountOperation => ({
  id: 'describeSharingRecords',
  method: 'GET',
  paths: sharingPaths.map((path) => `${path}/meta`),
  summary: 'The fields of sharing records, and which of them sort and filter',
  access: reading,
  handle: () => ({ fields: { fields: describeFields(sharingFields) }, outputTerm: 'fields' }),
});
