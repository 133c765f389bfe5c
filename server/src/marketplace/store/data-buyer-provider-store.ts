import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, DataBuyerProviderTable } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';

export const dataBuyerProviderFields: ListFields = {
  id: { type: 'int', column: 'data_buyer_provider.id', search: true },
  active: { type: 'bool', column: 'data_buyer_provider.active' },
  buyer_member_id: { type: 'int', column: 'data_buyer_provider.buyer_member_id', search: true },
  data_provider_member_id: { type: 'int', column: 'data_buyer_provider.data_provider_member_id', search: true },
  data_revshare_pct: { type: 'int', constant: 0 },
  data_cost_type: { type: 'enum', constant: 'cpm' },
  last_modified: { type: 'timestamp', column: 'data_buyer_provider.last_modified' },
};

export const dataBuyerProviderOnWire = (row: DataBuyerProviderTable) => ({
  id: row.id,
  active: row.active === 1,
  buyer_member_id: row.buyer_member_id,
  data_provider_member_id: row.data_provider_member_id,
  data_revshare_pct: 0,
  data_cost_type: 'cpm',
  last_modified: formatTimestamp(row.last_modified),
});

/** What a member is a side of; null sees all. */
export function listEnabled(db: CatalogReader, member: number | null, query: ListQuery) {
  const all = db.selectFrom('data_buyer_provider').selectAll();
  const own =
    member === null ? all : all.where((eb) => eb.or([eb('buyer_member_id', '=', member), eb('data_provider_member_id', '=', member)]));
  return listRows(own, dataBuyerProviderFields, query);
}

export function readEnabled(db: CatalogReader, id: number): Promise<DataBuyerProviderTable | undefined> {
  return db.selectFrom('data_buyer_provider').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface Enabling {
  readonly buyer: number;
  readonly provider: number;
  readonly active: boolean;
}

export interface SetEnabled {
  readonly row: DataBuyerProviderTable;
  readonly created: boolean;
  readonly changed: boolean;
}

/** Enables a provider for a buyer, or switches what is there. Answers the row and whether it is new. */
export async function setEnabled(change: CatalogChange, pair: Enabling): Promise<SetEnabled> {
  const before = await change.db
    .selectFrom('data_buyer_provider')
    .selectAll()
    .where('buyer_member_id', '=', pair.buyer)
    .where('data_provider_member_id', '=', pair.provider)
    .executeTakeFirst();
  const active = Number(pair.active);
  if (before?.active === active) return { row: before, created: false, changed: false };
  const row: DataBuyerProviderTable = {
    id: before?.id ?? (await change.newIds('data_buyer_provider')),
    buyer_member_id: pair.buyer,
    data_provider_member_id: pair.provider,
    active,
    last_modified: change.nowMs,
  };
  if (before) await change.db.updateTable('data_buyer_provider').set(row).where('id', '=', row.id).execute();
  else await change.db.insertInto('data_buyer_provider').values(row).execute();
  change.record({
    objectType: 'data_buyer_provider',
    objectId: row.id,
    memberId: pair.buyer,
    before: before ? { ...before } : null,
    after: { ...row },
  });
  change.touch('data_buyer_provider', row.id);
  return { row, created: before === undefined, changed: true };
}
