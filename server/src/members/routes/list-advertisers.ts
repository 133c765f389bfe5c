import { listOwn } from '../../access/list-own.ts';
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
  handle: listOwn({
    keys: { one: 'advertiser', many: 'advertisers' },
    fields: advertiserFields,
    read: (member, list) => listRows(db, member, list),
    show: advertiserOnWire,
  }),
});

/** `GET /advertiser/meta`. */
export const describeAdvertisers = (): AccountOperation =>
  metaOperation('describeAdvertisers', ['/advertiser'], 'advertisers', advertiserFields);
