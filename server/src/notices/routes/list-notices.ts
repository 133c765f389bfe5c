import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
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
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, noticeFields), ids);
    const { rows, count } = await listRows(db, member, list);
    const shown = rows.map((row) => trimmed(noticeOnWire(row), list.shown));
    return listedAnswer({ one: 'notice', many: 'notices' }, list, shown, count);
  },
});

/** `GET /notice/meta`. */
export const describeNotices = (): AccountOperation => metaOperation('describeNotices', ['/notice'], 'notices', noticeFields);
