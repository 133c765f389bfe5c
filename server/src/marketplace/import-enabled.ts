import { readMemberTypes } from '../members/read-member.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { type Imported, importConflict, type KindCounts, noCounts } from '../storage/sql/import-parts.ts';
import { setEnabled } from './store/data-buyer-provider-store.ts';

/** An enabled data provider in an import file. */
export interface ImportedEnabling {
  readonly buyer_member_id?: number;
  readonly data_member_id?: number;
}

/** Which buyers have enabled which data providers. */
export async function importEnabled(change: CatalogChange, pairs: readonly Imported<ImportedEnabling>[]): Promise<KindCounts> {
  const counts = noCounts();
  const members = await readMemberTypes(change.db);
  for (const { object, fields } of pairs) {
    const { buyer_member_id: buyer = 0, data_member_id: provider = 0 } = fields;
    if (!members.has(buyer)) throw importConflict(object, `there is no member ${buyer}`);
    if (members.get(provider) !== 'data_provider') throw importConflict(object, `member ${provider} is no data provider`);
    const { created, changed } = await setEnabled(change, { buyer, provider, active: true });
    counts[created ? 'created' : changed ? 'changed' : 'unchanged'] += 1;
  }
  return counts;
}
