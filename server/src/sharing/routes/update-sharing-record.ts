import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedIds } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, type Call, writing } from '../../http/operation.ts';
import { readContainer } from '../../http/read-body.ts';
import { refusal } from '../../kit/refusal.ts';
import { refuseUnbuilt } from '../../segments/segment-address.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { checkSegments } from '../check-sharing.ts';
import { sharingErrors } from '../sharing-errors.ts';
import { addedSegments, changedExposure, narrows, readSentRecord, type SentRecord } from '../sharing-record.ts';
import { sharingRecordSchema } from '../sharing-schema.ts';
import { ownRecord } from '../own-record.ts';
import { watchSight } from '../sight-watch.ts';
import { recordOnWire, sharingAnswer, sharingIdPaths, sharingPaths } from '../sharing-wire.ts';
import { exposureOf, isEnabled, type SharingRecord, updateRecord } from '../store/sharing-store.ts';

const path = 'member_data_sharing';

/** `PUT /member-data-sharing?id=`: replaces the list, or with append adds to it (Member Data Sharing Service). One record a call. */
export const updateSharingRecord = (catalog: Catalog): AccountOperation => ({
  id: 'updateSharingRecord',
  method: 'PUT',
  paths: [...sharingPaths, ...sharingIdPaths],
  summary: 'Change what a record shares',
  access: writing,
  dbg: true,
  body: sharingRecordSchema,
  answer: sharingRecordSchema,
  parameters: [{ name: 'append', description: 'true: only adds to the list. Without it, what the list leaves out is no longer shared' }],
  async handle(call) {
    const append = call.parameters.flag('append') ?? false;
    const sight = sightOf(call, 'data_member_id');
    const id = onlyId(call);
    const container = readContainer(call.body, path, `${path}s`, call.warnings);
    if (container.form === 'many') throw refusal(sharingErrors.onlyOne);
    refuseUnbuilt(call, container.object);
    const sent = readSentRecord(container.object, path, call.warnings);
    const record = await catalog.change(changeContext(call, 'updateSharingRecord'), async (change) => {
      const before = await ownRecord(change.db, sight, id);
      checkSameRecord(before, sent);
      const exposure = changedExposure(exposureOf(before), sent, append, path);
      const added = addedSegments(exposureOf(before), exposure);
      if (added !== 'all') await checkSegments(change.db, before.data_member_id, added);
      const { buyer_member_id: buyer, data_member_id: data } = before;
      const widens = added === 'all' || (added.length > 0 && exposureOf(before).kind === 'list');
      if (widens && !(await isEnabled(change.db, buyer, data))) throw refusal(sharingErrors.notEnabled, { buyer, data });
      const narrowed = narrows(exposureOf(before), exposure);
      const tell = narrowed ? await watchSight(change, { dataMember: data, buyers: [buyer] }) : undefined;
      await updateRecord(change, before, exposure, sent.exportAllowed ?? before.export_allowed === 1);
      await tell?.('unshared');
      return ownRecord(change.db, sight, id);
    });
    return sharingAnswer({ count: 1, id, member_data_sharing: recordOnWire(record) }, 'member_data_sharing');
  },
});

function onlyId(call: Call): number {
  const [id, ...more] = addressedIds(call.parameters, call.path.first) ?? [];
  if (id === undefined) throw refusal(httpErrors.missingParameter, { name: 'id' });
  if (more.length > 0) throw refusal(sharingErrors.onlyOne);
  return id;
}

/** What clients send back beside the list must agree: the id, and both members. */
function checkSameRecord(before: SharingRecord, sent: SentRecord): void {
  if (sent.id !== undefined && sent.id !== before.id) throw refusal(sharingErrors.idDiffers, { path, id: before.id });
  if (sent.dataMemberId !== undefined && sent.dataMemberId !== before.data_member_id)
    throw refusal(sharingErrors.memberDiffers, { path, field: 'data_member_id', value: before.data_member_id });
  if (sent.buyerMemberId !== undefined && sent.buyerMemberId !== before.buyer_member_id)
    throw refusal(sharingErrors.memberDiffers, { path, field: 'buyer_member_id', value: before.buyer_member_id });
}
