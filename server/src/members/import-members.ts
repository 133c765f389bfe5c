import { fold } from '../kit/fold.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { MemberTable } from '../storage/sql/catalog-schema.ts';
import { differing, highestId, type Imported, importConflict, type KindCounts, noCounts } from '../storage/sql/import-parts.ts';
import { moveFirstPlatform } from './import-platform.ts';
import { insertMember, updateMember } from './store/member-store.ts';

/** A member in an import file: the wire's words but for `kind` (platform.md section 11). */
export interface ImportedMember {
  readonly id?: number;
  readonly name?: string;
  readonly kind?: unknown;
  readonly externally_integrated_dsp?: boolean;
  readonly reads_per_minute?: number | null;
  readonly writes_per_minute?: number | null;
  readonly state?: string;
  readonly code?: string | null;
  readonly platform_exposure?: string;
  readonly timezone?: string;
  readonly default_currency?: string;
  readonly contact_email?: string | null;
}

/** Members by id. The kind of a member that is there cannot change, and there is one platform. */
export async function importMembers(change: CatalogChange, members: readonly Imported<ImportedMember>[]): Promise<KindCounts> {
  const counts = noCounts();
  const platformBefore = await change.db.selectFrom('member').selectAll().where('primary_type', '=', 'platform').executeTakeFirst();
  const moved = await moveFirstPlatform(change, platformBefore, members);
  const known = new Map((await change.db.selectFrom('member').selectAll().execute()).map((row) => [row.id, row]));
  let platform = moved ?? platformBefore?.id;
  for (const { object, fields } of members) {
    const { id = 0, kind: primaryType, externally_integrated_dsp: external, ...rest } = fields;
    const kind = String(primaryType);
    if (kind === 'platform') {
      if (platform !== undefined && platform !== id)
        throw importConflict(object, `member ${platform} is the platform already; there can be one`);
      platform = id;
    }
    const wanted: Partial<MemberTable> = {
      ...rest,
      ...(external === undefined ? {} : { externally_integrated_dsp: Number(external) }),
      ...(rest.name === undefined ? {} : { name_folded: fold(rest.name) }),
      ...(rest.code === undefined ? {} : { code_folded: rest.code === null ? null : fold(rest.code) }),
    };
    const before = known.get(id);
    if (!before) {
      await insertMember(change, { ...wanted, id, name: rest.name ?? '', primary_type: kind });
      counts.created += 1;
      continue;
    }
    if (before.primary_type !== kind)
      throw importConflict(object, `member ${id} is there as a ${before.primary_type}, which cannot change`);
    const changed = differing(before, wanted);
    if (changed) await updateMember(change, before, changed);
    counts[id === moved ? 'created' : changed ? 'changed' : 'unchanged'] += 1;
  }
  await change.reserveIds('member', highestId(members));
  return counts;
}
