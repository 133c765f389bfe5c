import { actingMember, changeContext } from '../../access/acting-member.ts';
import { oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { advertiserSchema } from '../member-schema.ts';
import { advertiserOnWire } from '../member-wire.ts';
import { requireMember } from '../read-member.ts';
import { insertAdvertiser } from '../store/advertiser-store.ts';

/** `POST /advertiser`. */
export const createAdvertiser = (catalog: Catalog): AccountOperation => ({
  id: 'createAdvertiser',
  method: 'POST',
  paths: ['/advertiser'],
  summary: 'Make an advertiser',
  access: writing,
  body: advertiserSchema,
  answer: advertiserSchema,
  async handle(call) {
    const member = actingMember(call, 'member_id', 'own');
    const sent = readObject(advertiserSchema, readOne(call.body, 'advertiser', call.warnings), 'advertiser', call.warnings);
    requireFields(sent, ['name'], 'advertiser');
    const row = await catalog.change(changeContext(call, 'createAdvertiser'), async (change) => {
      await requireMember(change.db, member);
      return insertAdvertiser(change, { ...sent, member_id: member, name: sent.name ?? '' });
    });
    return oneAnswer('advertiser', advertiserOnWire(row), { id: row.id });
  },
});
