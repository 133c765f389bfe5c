import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedId, notFound, oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { noticeSchema } from '../notice-schema.ts';
import { markNotice, noticeOnWire, readNotice } from '../store/notice-store.ts';

/** `PUT /notice?id=`: marks a notice read, or unread again. */
export const updateNotice = (catalog: Catalog): AccountOperation => ({
  id: 'updateNotice',
  method: 'PUT',
  paths: ['/notice', '/notice/:first'],
  summary: 'Mark a notice read',
  access: writing,
  body: noticeSchema,
  answer: noticeSchema,
  async handle(call) {
    const id = addressedId(call.parameters, call.path.first);
    const sight = sightOf(call, 'member_id');
    const { read } = readObject(noticeSchema, readOne(call.body, 'notice', call.warnings), 'notice', call.warnings);
    const row = await catalog.change(changeContext(call, 'updateNotice'), async (change) => {
      const before = await readNotice(change.db, id);
      if (!before || (sight !== null && before.member_id !== sight)) throw notFound('notice', 'id', id);
      return read === undefined ? before : markNotice(change, before, read);
    });
    return oneAnswer('notice', noticeOnWire(row), { id });
  },
});
