import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { advertiserSchema } from '../member-schema.ts';
import { advertiserOnWire } from '../member-wire.ts';
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
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, advertiserFields), ids);
    const { rows, count } = await listRows(db, member, list);
    const shown = rows.map((row) => trimmed(advertiserOnWire(row), list.shown));
    return listedAnswer({ one: 'advertiser', many: 'advertisers' }, list, shown, count);
  },
});

/** `GET /advertiser/meta`. */
export const describeAdvertisers = (): AccountOperation =>
  metaOperation('describeAdvertisers', ['/advertiser'], 'advertisers', advertiserFields);
