import { listOwn } from '../../access/list-own.ts';
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
  handle: listOwn({
    keys: { one: 'data_buyer_provider', many: 'data_buyer_providers' },
    fields: dataBuyerProviderFields,
    read: (member, list) => listEnabled(db, member, list),
    show: dataBuyerProviderOnWire,
  }),
});

/** `GET /data-buyer-provider/meta`. */
export const describeDataBuyerProviders = (): AccountOperation =>
  metaOperation('describeDataBuyerProviders', ['/data-buyer-provider'], 'enabled data providers', dataBuyerProviderFields);
