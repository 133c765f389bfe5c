import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import {
  differing,
  highestId,
  type Imported,
  importConflict,
  inWordsOfImport,
  type KindCounts,
  noCounts,
} from '../storage/sql/import-parts.ts';
import { readMemberTypes } from './read-member.ts';
import { insertAdvertiser, updateAdvertiser } from './store/advertiser-store.ts';

/** An advertiser in an import file. */
export interface ImportedAdvertiser {
  readonly id?: number;
  readonly member_id?: number;
  readonly name?: string;
  readonly code?: string | null;
  readonly state?: string;
}

/** Advertisers by id; one that is there keeps its member. */
export async function importAdvertisers(change: CatalogChange, advertisers: readonly Imported<ImportedAdvertiser>[]): Promise<KindCounts> {
  const counts = noCounts();
  const members = await readMemberTypes(change.db);
  const known = new Map((await change.db.selectFrom('advertiser').selectAll().execute()).map((row) => [row.id, row]));
  for (const { object, fields } of advertisers) {
    const { id = 0, member_id: memberId = 0, name = '', ...rest } = fields;
    if (!members.has(memberId)) throw importConflict(object, `there is no member ${memberId}`);
    const before = known.get(id);
    if (!before) {
      await inWordsOfImport(object, () => insertAdvertiser(change, { ...rest, id, member_id: memberId, name }));
      counts.created += 1;
      continue;
    }
    if (before.member_id !== memberId)
      throw importConflict(object, `advertiser ${id} belongs to member ${before.member_id}, which cannot change`);
    const changed = differing(before, { ...rest, name });
    if (changed) await inWordsOfImport(object, () => updateAdvertiser(change, before, changed));
    counts[changed ? 'changed' : 'unchanged'] += 1;
  }
  await change.reserveIds('advertiser', highestId(advertisers));
  return counts;
}
