import { addressedIds, listAnswer, narrowedTo, notFound, oneAnswer } from '../../http/answers.ts';
import { describeFields, readListRequest, trimmed } from '../../http/list-parameters.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader, DataBuyerProviderTable } from '../../storage/sql/catalog-schema.ts';
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
    const asked = readListRequest(call.parameters, dataBuyerProviderFields);
    const member = call.caller.role === 'admin' ? null : call.caller.memberId;
    const { rows, count } = await listEnabled(db, member, narrowedTo(asked, ids));
    const show = (row: DataBuyerProviderTable) => trimmed(dataBuyerProviderOnWire(row), asked.shown);
    if (ids?.length !== 1) return listAnswer('data_buyer_providers', rows.map(show), count, asked);
    const [only] = rows;
    if (!only) throw notFound('data buyer provider', 'id', ids[0] ?? 0);
    return oneAnswer('data_buyer_provider', show(only));
  },
});

/** `GET /data-buyer-provider/meta`. */
export const describeDataBuyerProviders = (): AccountOperation => ({
  id: 'describeDataBuyerProviders',
  method: 'GET',
  paths: ['/data-buyer-provider/meta'],
  summary: 'The fields of enabled data providers, and which of them sort and filter',
  access: reading,
  handle: () => ({ fields: { fields: describeFields(dataBuyerProviderFields) }, outputTerm: 'fields' }),
});
