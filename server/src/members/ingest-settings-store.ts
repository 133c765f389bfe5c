import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import type { SetIngestSettings } from './ingest-settings.ts';

/** A member's ingest settings as they stand in the catalog. */
export interface IngestSettingsRow {
  readonly id: number;
  readonly memberId: number;
  readonly set: SetIngestSettings;
  readonly createdOn: number;
  readonly lastModified: number;
}

export async function readIngestSettings(db: CatalogReader, member: number): Promise<IngestSettingsRow | undefined> {
  const row = await db.selectFrom('batch_segment_config').selectAll().where('member_id', '=', member).executeTakeFirst();
  if (!row) return undefined;
  const set = JSON.parse(row.settings) as SetIngestSettings;
  return { id: row.id, memberId: row.member_id, set, createdOn: row.created_on, lastModified: row.last_modified };
}

/** Whose segments the member may write, by id. */
export async function readWritableOwners(db: CatalogReader, member: number): Promise<number[]> {
  const rows = await db
    .selectFrom('member_segment_access')
    .selectAll()
    .where('member_id', '=', member)
    .orderBy('segment_owner_member_id')
    .execute();
  return rows.map((row) => row.segment_owner_member_id);
}

export async function writeIngestSettings(
  change: CatalogChange,
  member: number,
  next: { readonly set: SetIngestSettings; readonly owners: readonly number[] },
): Promise<void> {
  const before = await readIngestSettings(change.db, member);
  const ownersBefore = await readWritableOwners(change.db, member);
  const row = {
    id: before?.id ?? (await change.newIds('batch_segment_config')),
    member_id: member,
    settings: JSON.stringify(next.set),
    created_on: before?.createdOn ?? change.nowMs,
    last_modified: change.nowMs,
  };
  if (before) await change.db.updateTable('batch_segment_config').set(row).where('id', '=', row.id).execute();
  else await change.db.insertInto('batch_segment_config').values(row).execute();
  await change.db.deleteFrom('member_segment_access').where('member_id', '=', member).execute();
  if (next.owners.length > 0)
    await change.db
      .insertInto('member_segment_access')
      .values(next.owners.map((owner) => ({ member_id: member, segment_owner_member_id: owner })))
      .execute();
  change.record({
    objectType: 'batch_segment_upload_config',
    objectId: row.id,
    memberId: member,
    before: before ? { ...before.set, member_segment_access: ownersBefore } : null,
    after: { ...next.set, member_segment_access: [...next.owners].sort((a, b) => a - b) },
  });
  change.touch('batch_segment_config', row.id);
}

/** Lets the member write the owner's segments. */
export async function grantWritableOwner(change: CatalogChange, member: number, owner: number): Promise<void> {
  const grant = { member_id: member, segment_owner_member_id: owner };
  const granted = await change.db
    .insertInto('member_segment_access')
    .values(grant)
    .onConflict((conflict) => conflict.columns(['member_id', 'segment_owner_member_id']).doNothing())
    .returning('member_id')
    .executeTakeFirst();
  if (granted) recordGrant(change, grant, 'given');
}

/** Takes that right away. What was written stays. */
export async function dropWritableOwner(change: CatalogChange, member: number, owner: number): Promise<void> {
  const dropped = await change.db
    .deleteFrom('member_segment_access')
    .where('member_id', '=', member)
    .where('segment_owner_member_id', '=', owner)
    .returning('member_id')
    .executeTakeFirst();
  if (dropped) recordGrant(change, { member_id: member, segment_owner_member_id: owner }, 'taken');
}

function recordGrant(
  change: CatalogChange,
  grant: { readonly member_id: number; readonly segment_owner_member_id: number },
  became: 'given' | 'taken',
): void {
  change.record({
    objectType: 'member_segment_access',
    objectId: `${grant.member_id}:${grant.segment_owner_member_id}`,
    memberId: grant.segment_owner_member_id,
    before: became === 'given' ? null : grant,
    after: became === 'given' ? grant : null,
  });
  change.touch('batch_segment_config');
}
