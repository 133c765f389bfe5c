import { listOwn } from '../../access/list-own.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { listSyncHosts as listRows, syncHostFields } from '../store/sync-host-store.ts';
import { syncHostSchema } from '../sync-host-schema.ts';
import { syncHostOnWire, warnWhereAllPass } from '../sync-host-wire.ts';

/** `GET /sync-host`: the hosts to which a member's syncs may lead (additions.md section 4). */
export const listSyncHosts = (db: CatalogReader, redirectHosts: readonly string[]): AccountOperation => {
  const list = listOwn({
    keys: { one: 'sync_host', many: 'sync_hosts' },
    fields: syncHostFields,
    read: (member, asked) => listRows(db, member, asked),
    show: syncHostOnWire,
  });
  return {
    id: 'listSyncHosts',
    method: 'GET',
    paths: ['/sync-host', '/sync-host/:first'],
    summary: 'Read sync hosts',
    access: reading,
    answer: syncHostSchema,
    handle(call) {
      warnWhereAllPass(redirectHosts, call.warnings);
      return list(call);
    },
  };
};

/** `GET /sync-host/meta`. */
export const describeSyncHosts = (): AccountOperation => metaOperation('describeSyncHosts', ['/sync-host'], 'sync hosts', syncHostFields);
