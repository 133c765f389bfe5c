import { readMemberTypes } from '../members/read-member.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { highestId, type Imported, importConflict, type KindCounts, noCounts } from '../storage/sql/import-parts.ts';

/** A category of the marketplace in an import file. */
export interface ImportedCategory {
  readonly id?: number;
  readonly member_id?: number;
  readonly name?: string;
}

/** Categories of the marketplace, by id. */
export async function importCategories(change: CatalogChange, categories: readonly Imported<ImportedCategory>[]): Promise<KindCounts> {
  const counts = noCounts();
  const members = await readMemberTypes(change.db);
  const known = new Map((await change.db.selectFrom('data_category').selectAll().execute()).map((row) => [row.id, row]));
  for (const { object, fields } of categories) {
    const { id = 0, member_id: memberId = 0, name = '' } = fields;
    if (!members.has(memberId)) throw importConflict(object, `there is no member ${memberId}`);
    const row = { id, member_id: memberId, name };
    const before = known.get(id);
    if (before && before.member_id !== memberId)
      throw importConflict(object, `category ${id} belongs to member ${before.member_id}, which cannot change`);
    if (before?.name === name) {
      counts.unchanged += 1;
      continue;
    }
    if (before) await change.db.updateTable('data_category').set(row).where('id', '=', id).execute();
    else await change.db.insertInto('data_category').values(row).execute();
    change.record({ objectType: 'data_category', objectId: id, memberId, before: before ? { ...before } : null, after: row });
    counts[before ? 'changed' : 'created'] += 1;
  }
  await change.reserveIds('data_category', highestId(categories));
  return counts;
}
