import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { listSyncHosts as listRows, syncHostFields } from '../store/sync-host-store.ts';
import { syncHostSchema } from '../sync-host-schema.ts';
import { syncHostOnWire, warnWhereAllPass } from '../sync-host-wire.ts';

/** `GET /sync-host`: the hosts to which a member's syncs may lead (additions.md section 4). */
export const listSyncHosts = (db: CatalogReader, redirectHosts: readonly string[]): AccountOperation => ({
  id: 'listSyncHosts',
  method: 'GET',
  paths: ['/sync-host', '/sync-host/:first'],
  summary: 'Read sync hosts',
  access: reading,
  answer: syncHostSchema,
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, syncHostFields), ids);
    const { rows, count } = await listRows(db, member, list);
    const shown = rows.map((row) => trimmed(syncHostOnWire(row), list.shown));
    warnWhereAllPass(redirectHosts, call.warnings);
    return listedAnswer({ one: 'sync_host', many: 'sync_hosts' }, list, shown, count);
  },
});

/** `GET /sync-host/meta`. */
export const describeSyncHosts = (): AccountOperation => metaOperation('describeSyncHosts', ['/sync-host'], 'sync hosts', syncHostFields);
