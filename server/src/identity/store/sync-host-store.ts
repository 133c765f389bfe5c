import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import { refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, SyncHostTable } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import { identityErrors } from '../identity-errors.ts';

/** Hosts are ASCII in lower case, so they need no folded column. */
export const syncHostFields: ListFields = {
  id: { type: 'int', column: 'sync_host.id', search: true },
  member_id: { type: 'int', column: 'sync_host.member_id' },
  host: { type: 'string', column: 'sync_host.host', search: true },
  state: { type: 'enum', column: 'sync_host.state' },
  last_modified: { type: 'timestamp', column: 'sync_host.last_modified' },
};

/** A null member sees all. */
export function listSyncHosts(
  db: CatalogReader,
  member: number | null,
  query: ListQuery,
): Promise<{ rows: SyncHostTable[]; count: number }> {
  const all = db.selectFrom('sync_host').selectAll();
  return listRows(member === null ? all : all.where('member_id', '=', member), syncHostFields, query);
}

export function readSyncHost(db: CatalogReader, id: number): Promise<SyncHostTable | undefined> {
  return db.selectFrom('sync_host').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @throws Refusal identity.hostTaken */
export async function insertSyncHost(
  change: CatalogChange,
  syncHost: Pick<SyncHostTable, 'member_id' | 'host' | 'state'>,
): Promise<SyncHostTable> {
  const { member_id: member, host } = syncHost;
  const holder = change.db.selectFrom('sync_host').select('id').where('member_id', '=', member).where('host', '=', host);
  if (await holder.executeTakeFirst()) throw refusal(identityErrors.hostTaken, { member, host });
  const row: SyncHostTable = { ...syncHost, id: await change.newIds('sync_host'), last_modified: change.nowMs };
  await change.db.insertInto('sync_host').values(row).execute();
  change.record({ objectType: 'sync_host', objectId: row.id, memberId: member, before: null, after: { ...row } });
  change.touch('sync_host', row.id);
  return row;
}

export async function updateSyncHost(
  change: CatalogChange,
  before: SyncHostTable,
  fields: Partial<Pick<SyncHostTable, 'state'>>,
): Promise<SyncHostTable> {
  const row = { ...before, ...fields, last_modified: change.nowMs };
  await change.db.updateTable('sync_host').set(row).where('id', '=', row.id).execute();
  change.record({ objectType: 'sync_host', objectId: row.id, memberId: row.member_id, before: { ...before }, after: { ...row } });
  change.touch('sync_host', row.id);
  return row;
}

export async function deleteSyncHost(change: CatalogChange, row: SyncHostTable): Promise<void> {
  await change.db.deleteFrom('sync_host').where('id', '=', row.id).execute();
  change.record({ objectType: 'sync_host', objectId: row.id, memberId: row.member_id, before: { ...row }, after: null });
  change.touch('sync_host', row.id);
}
