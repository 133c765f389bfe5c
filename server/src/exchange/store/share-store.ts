import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ShareTable } from '../../storage/sql/exchange-schema.ts';
import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import { type Share, shareOf } from '../shares/share.ts';

/** What a call can change of a share. */
export type ShareChanges = Partial<Omit<ShareTable, 'id' | 'member_id' | 'created_by' | 'created_on'>>;

const notFound = (id: number) => refusal(exchangeErrors.notFound, { object: 'share', id });

/** A member's share; another's, and a deleted one, is not found. @throws Refusal exchange.notFound */
export async function requireShare(db: CatalogReader, member: number, id: number): Promise<Share> {
  const row = await rowOf(db, id);
  if (row?.member_id !== member) throw notFound(id);
  return shareOf(row);
}

/** As `requireShare`, and nobody else changes the share or starts a job of it until this transaction ends. @throws Refusal exchange.notFound */
export async function holdShare(change: CatalogChange, member: number, id: number): Promise<Share> {
  if (!(await holdRow(change, id))) throw notFound(id);
  return requireShare(change.db, member, id);
}

/** A share for the server itself; undefined where it has been deleted. Held as by `holdShare`. */
export async function heldShare(change: CatalogChange, id: number): Promise<Share | undefined> {
  const row = (await holdRow(change, id)) ? await rowOf(change.db, id) : undefined;
  return row && shareOf(row);
}

/** Writing a row holds it on every database. */
async function holdRow(change: CatalogChange, id: number): Promise<boolean> {
  const held = await change.db
    .updateTable('share')
    .set((eb) => ({ failures: eb.ref('failures') }))
    .where('id', '=', id)
    .where('deleted_on', 'is', null)
    .executeTakeFirst();
  return held.numUpdatedRows > 0n;
}

const rowOf = (db: CatalogReader, id: number): Promise<ShareTable | undefined> =>
  db.selectFrom('share').selectAll().where('id', '=', id).where('deleted_on', 'is', null).executeTakeFirst();

/** A member's shares by id. @param afterId of the last one of the page before */
export async function listShares(db: CatalogReader, member: number, afterId: number, limit: number): Promise<Share[]> {
  const rows = await db
    .selectFrom('share')
    .selectAll()
    .where('member_id', '=', member)
    .where('deleted_on', 'is', null)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(shareOf);
}

export async function insertShare(change: CatalogChange, row: ShareTable): Promise<Share> {
  await change.db.insertInto('share').values(row).execute();
  change.record({ objectType: 'share', objectId: row.id, memberId: row.member_id, before: null, after: { ...row } });
  return shareOf(row);
}

/** Changes a share and notes it in the audit trail. */
export async function updateShare(change: CatalogChange, { id, memberId }: Share, changes: ShareChanges): Promise<Share> {
  const before = await rowOf(change.db, id);
  await change.db
    .updateTable('share')
    .set({ ...changes, last_modified: change.nowMs })
    .where('id', '=', id)
    .execute();
  const after = await change.db.selectFrom('share').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  change.record({ objectType: 'share', objectId: id, memberId, before: before ? { ...before } : null, after: { ...after } });
  return shareOf(after);
}

/** Past jobs go on naming it. */
export async function deleteShare(change: CatalogChange, { id, memberId }: Share): Promise<void> {
  const row = await rowOf(change.db, id);
  await change.db.updateTable('share').set({ deleted_on: change.nowMs, next_run_on: null }).where('id', '=', id).execute();
  if (row) change.record({ objectType: 'share', objectId: id, memberId, before: { ...row }, after: null });
}
