import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { type Imported, importConflict, type KindCounts, noCounts } from '../storage/sql/import-parts.ts';
import { grantWritableOwner } from './ingest-settings-store.ts';
import { readMemberTypes } from './read-member.ts';

/** A grant in an import file: who may write whose segments. */
export interface ImportedGrant {
  readonly member_id?: number;
  readonly segment_owner_member_id?: number;
}

/** Who may write whose segments. */
export async function importGrants(change: CatalogChange, grants: readonly Imported<ImportedGrant>[]): Promise<KindCounts> {
  const counts = noCounts();
  const members = await readMemberTypes(change.db);
  const rows = await change.db.selectFrom('member_segment_access').selectAll().execute();
  const known = new Set(rows.map((row) => `${row.member_id}:${row.segment_owner_member_id}`));
  for (const { object, fields } of grants) {
    const { member_id: member = 0, segment_owner_member_id: owner = 0 } = fields;
    for (const id of [member, owner]) if (!members.has(id)) throw importConflict(object, `there is no member ${id}`);
    const isKnown = known.has(`${member}:${owner}`);
    counts[isKnown ? 'unchanged' : 'created'] += 1;
    if (isKnown) continue;
    await grantWritableOwner(change, member, owner);
  }
  return counts;
}
