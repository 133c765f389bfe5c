import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedId, notFound, oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { advertiserSchema } from '../member-schema.ts';
import { advertiserOnWire } from '../member-wire.ts';
import { readAdvertiser } from '../read-advertiser.ts';
import { updateAdvertiser as updateRow } from '../store/advertiser-store.ts';

/** `PUT /advertiser?id=`. */
export const updateAdvertiser = (catalog: Catalog): AccountOperation => ({
  id: 'updateAdvertiser',
  method: 'PUT',
  paths: ['/advertiser', '/advertiser/:first'],
  summary: 'Change an advertiser',
  access: writing,
  body: advertiserSchema,
  answer: advertiserSchema,
  async handle(call) {
    const sight = sightOf(call, 'member_id');
    const id = addressedId(call.parameters, call.path.first);
    const sent = readObject(advertiserSchema, readOne(call.body, 'advertiser', call.warnings), 'advertiser', call.warnings);
    const row = await catalog.change(changeContext(call, 'updateAdvertiser'), async (change) => {
      const before = await readAdvertiser(change.db, id);
      if (!before || (sight !== null && before.member_id !== sight)) throw notFound('advertiser', 'id', id);
      return updateRow(change, before, sent);
    });
    return oneAnswer('advertiser', advertiserOnWire(row), { id });
  },
});
