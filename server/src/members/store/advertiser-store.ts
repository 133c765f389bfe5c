import { fold } from '../../kit/fold.ts';
import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import { refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { AdvertiserTable, CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import { memberErrors } from '../member-errors.ts';
import { readAdvertiserByCode } from '../read-advertiser.ts';

export const advertiserFields: ListFields = {
  id: { type: 'int', column: 'advertiser.id', search: true },
  member_id: { type: 'int', column: 'advertiser.member_id' },
  name: { type: 'string', column: 'advertiser.name', foldedColumn: 'advertiser.name_folded', search: true },
  code: { type: 'string', column: 'advertiser.code', foldedColumn: 'advertiser.code_folded', search: true, ignoresCase: true },
  state: { type: 'enum', column: 'advertiser.state' },
  last_modified: { type: 'timestamp', column: 'advertiser.last_modified' },
};

/** A null member sees all. */
export function listAdvertisers(db: CatalogReader, member: number | null, query: ListQuery) {
  const all = db.selectFrom('advertiser').selectAll();
  return listRows(member === null ? all : all.where('member_id', '=', member), advertiserFields, query);
}

async function requireFreeCode(change: CatalogChange, row: AdvertiserTable): Promise<void> {
  if (row.code === null) return;
  const holder = await readAdvertiserByCode(change.db, row.member_id, row.code);
  if (holder && holder.id !== row.id) throw refusal(memberErrors.advertiserCodeTaken, { code: row.code, id: holder.id });
}

export async function insertAdvertiser(
  change: CatalogChange,
  advertiser: Pick<AdvertiserTable, 'member_id' | 'name'> & Partial<Pick<AdvertiserTable, 'id' | 'code' | 'state'>>,
): Promise<AdvertiserTable> {
  const id = advertiser.id ?? (await change.newIds('advertiser'));
  const code = advertiser.code ?? null;
  const row: AdvertiserTable = {
    id,
    member_id: advertiser.member_id,
    name: advertiser.name,
    name_folded: fold(advertiser.name),
    code,
    code_folded: code === null ? null : fold(code),
    state: advertiser.state ?? 'active',
    last_modified: change.nowMs,
  };
  await requireFreeCode(change, row);
  await change.db.insertInto('advertiser').values(row).execute();
  change.record({ objectType: 'advertiser', objectId: id, memberId: row.member_id, before: null, after: { ...row } });
  return row;
}

export async function updateAdvertiser(
  change: CatalogChange,
  before: AdvertiserTable,
  fields: Partial<Pick<AdvertiserTable, 'name' | 'code' | 'state'>>,
): Promise<AdvertiserTable> {
  const merged = { ...before, ...fields };
  const row = {
    ...merged,
    name_folded: fold(merged.name),
    code_folded: merged.code === null ? null : fold(merged.code),
    last_modified: change.nowMs,
  };
  await requireFreeCode(change, row);
  await change.db.updateTable('advertiser').set(row).where('id', '=', row.id).execute();
  change.record({ objectType: 'advertiser', objectId: row.id, memberId: row.member_id, before: { ...before }, after: { ...row } });
  return row;
}
