import { addressedIds, listAnswer, narrowedTo, notFound, oneAnswer } from '../../http/answers.ts';
import { describeFields, readListRequest, trimmed } from '../../http/list-parameters.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { advertiserSchema } from '../member-schema.ts';
import { advertiserOnWire } from '../member-wire.ts';
import { readAdvertiser } from '../read-advertiser.ts';
import { advertiserFields, listAdvertisers as listRows } from '../store/advertiser-store.ts';

/** `GET /advertiser`: the own member's advertisers. */
export const listAdvertisers = (db: CatalogReader): AccountOperation => ({
  id: 'listAdvertisers',
  method: 'GET',
  paths: ['/advertiser', '/advertiser/:first'],
  summary: 'Read advertisers',
  access: reading,
  answer: advertiserSchema,
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const asked = readListRequest(call.parameters, advertiserFields);
    const member = call.caller.role === 'admin' ? null : call.caller.memberId;
    if (ids?.length === 1) {
      const [id = 0] = ids;
      const row = await readAdvertiser(db, id);
      if (!row || (member !== null && row.member_id !== member)) throw notFound('advertiser', 'id', id);
      return oneAnswer('advertiser', trimmed(advertiserOnWire(row), asked.shown));
    }
    const { rows, count } = await listRows(db, member, narrowedTo(asked, ids));
    return listAnswer(
      'advertisers',
      rows.map((row) => trimmed(advertiserOnWire(row), asked.shown)),
      count,
      asked,
    );
  },
});

/** `GET /advertiser/meta`. */
export const describeAdvertisers = (): AccountOperation => ({
  id: 'describeAdvertisers',
  method: 'GET',
  paths: ['/advertiser/meta'],
  summary: 'The fields of advertisers, and which of them sort and filter',
  access: reading,
  handle: () => ({ fields: { fields: describeFields(advertiserFields) }, outputTerm: 'fields' }),
});
