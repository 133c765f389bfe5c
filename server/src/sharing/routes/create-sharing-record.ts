import { actingMember, changeContext } from '../../access/acting-member.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readContainer } from '../../http/read-body.ts';
import { requireMember } from '../../members/read-member.ts';
import { refuseUnbuilt } from '../../segments/segment-address.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { checkNewRecord, checkSegments } from '../check-sharing.ts';
import { newExposure, readSentRecord } from '../sharing-record.ts';
import { sharingRecordSchema } from '../sharing-schema.ts';
import { recordOnWire, sharingAnswer, sharingPaths } from '../sharing-wire.ts';
import { insertRecord, readRecords } from '../store/sharing-store.ts';

/** `POST /member-data-sharing`: one record or several, all or none; the body's form decides the answer's (Member Data Sharing Service). */
export const createSharingRecord = (catalog: Catalog): AccountOperation => ({
  id: 'createSharingRecord',
  method: 'POST',
  paths: sharingPaths,
  summary: 'Share segments with a buyer',
  access: writing,
  dbg: true,
  body: sharingRecordSchema,
  wire: { body: 'several' },
  answer: sharingRecordSchema,
  parameters: [{ name: 'data_member_id', description: 'The member that shares (default: your own; administrators must name it)' }],
  async handle(call) {
    const dataMember = actingMember(call, 'data_member_id', 'refuse');
    const container = readContainer(call.body, 'member_data_sharing', 'member_data_sharings', call.warnings);
    const single = container.form === 'one';
    const objects = single ? [container.object] : container.objects;
    const asked = objects.map((object, index) => {
      const path = single ? 'member_data_sharing' : `member_data_sharings[${index}]`;
      refuseUnbuilt(call, object);
      const sent = readSentRecord(object, path, call.warnings);
      const exposure = newExposure(sent, path);
      if (sent.id !== undefined) call.warnings.push(`${path}.id is given by the server and was ignored`);
      if (sent.dataMemberId !== undefined && sent.dataMemberId !== dataMember)
        call.warnings.push(`${path}.data_member_id is read-only and was ignored; the record belongs to member ${dataMember}`);
      return { buyer: sent.buyerMemberId ?? 0, exposure, exportAllowed: sent.exportAllowed ?? false };
    });
    const ids = await catalog.change(changeContext(call, 'createSharingRecord'), async (change) => {
      await requireMember(change.db, dataMember);
      const made: number[] = [];
      for (const record of asked) {
        await checkNewRecord(change.db, dataMember, record.buyer);
        if (record.exposure.kind === 'list') await checkSegments(change.db, dataMember, record.exposure.segments);
        made.push(await insertRecord(change, { ...record, dataMember }));
      }
      return made;
    });
    const records = (await readRecords(catalog.read, ids)).map(recordOnWire);
    const [first] = records;
    if (single && first) return sharingAnswer({ count: 1, id: String(first.id), member_data_sharing: first }, 'member_data_sharing');
    const byId = Object.fromEntries(records.map((record) => [record.id, record]));
    return sharingAnswer({ count: records.length, id: ids, member_data_sharings: byId }, 'member_data_sharings');
  },
});
