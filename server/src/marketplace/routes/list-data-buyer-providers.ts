import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { dataBuyerProviderSchema } from '../data-buyer-provider-schema.ts';
import { dataBuyerProviderFields, dataBuyerProviderOnWire, listEnabled } from '../store/data-buyer-provider-store.ts';

/** `GET /data-buyer-provider`: both sides see what is enabled between them. */
export const listDataBuyerProviders = (db: CatalogReader): AccountOperation => ({
  id: 'listDataBuyerProviders',
  method: 'GET',
  paths: ['/data-buyer-provider', '/data-buyer-provider/:first'],
  summary: 'Which buyers have enabled which data providers',
  access: reading,
  answer: dataBuyerProviderSchema,
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, dataBuyerProviderFields), ids);
    const { rows, count } = await listEnabled(db, member, list);
    const shown = rows.map((row) => trimmed(dataBuyerProviderOnWire(row), list.shown));
    return listedAnswer({ one: 'data_buyer_provider', many: 'data_buyer_providers' }, list, shown, count);
  },
});

/** `GET /data-buyer-provider/meta`. */
export const describeDataBuyerProviders = (): AccountOperation =>
  metaOperation('describeDataBuyerProviders', ['/data-buyer-provider'], 'enabled data providers', dataBuyerProviderFields);
