import { addressedIds, addressedList, listAnswer, onlyOf } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { listPlatformMembers as listRows, platformMemberFields } from '../store/member-store.ts';

/** `GET /platform-member`: who is on the exchange; an array even for one (Platform Member Service). */
export const listPlatformMembers = (db: CatalogReader): AccountOperation => ({
  id: 'listPlatformMembers',
  method: 'GET',
  paths: ['/platform-member', '/platform-member/:first'],
  summary: 'The members of the exchange, as far as they show themselves',
  access: reading,
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const list = addressedList(readListRequest(call.parameters, platformMemberFields), ids);
    const { rows, count } = await listRows(db, list);
    if (list.one) onlyOf('platform_member', list.one, rows);
    const shown = rows.map((row) =>
      trimmed({ id: row.id, name: row.shown_name, primary_type: row.primary_type, platform_exposure: row.platform_exposure }, list.shown),
    );
    return listAnswer('platform_members', shown, count, list);
  },
});

/** `GET /platform-member/meta`. */
export const describePlatformMembers = (): AccountOperation =>
  metaOperation('describePlatformMembers', ['/platform-member'], 'platform members', platformMemberFields);
