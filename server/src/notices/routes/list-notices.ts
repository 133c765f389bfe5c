import { listOwn } from '../../access/list-own.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { noticeSchema } from '../notice-schema.ts';
import { listNotices as listRows, noticeFields, noticeOnWire } from '../store/notice-store.ts';

/** `GET /notice`: what the own member was told (additions.md section 7). */
export const listNotices = (db: CatalogReader): AccountOperation => ({
  id: 'listNotices',
  method: 'GET',
  paths: ['/notice', '/notice/:first'],
  summary: 'What your member must know without having asked',
  access: reading,
  answer: noticeSchema,
  handle: listOwn({
    keys: { one: 'notice', many: 'notices' },
    fields: noticeFields,
    read: (member, list) => listRows(db, member, list),
    show: noticeOnWire,
  }),
});

/** `GET /notice/meta`. */
export const describeNotices = (): AccountOperation => metaOperation('describeNotices', ['/notice'], 'notices', noticeFields);
