import { type Refusal, refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ApplicationTable } from '../../storage/sql/exchange-schema.ts';
import type { Page } from '../calls/paged.ts';
import { exchangeErrors } from '../exchange-errors.ts';

/**
 * Applications that a member may register from: its own, the platform member's, and those of others that the operator has approved
 * (exchange-sharing.md section 2).
 */
const seenBy = (db: CatalogReader, member: number, platform: number | undefined) =>
  db
    .selectFrom('application')
    .selectAll()
    .where((eb) => eb.or([eb('member_id', 'in', [member, platform ?? member]), eb('state', '=', 'APPROVED')]));

/** One more than the page holds where there are so many, by id. */
export function listApplications(
  db: CatalogReader,
  member: number,
  platform: number | undefined,
  { limit, after }: Page,
): Promise<ApplicationTable[]> {
  const seen = seenBy(db, member, platform);
  return (after === undefined ? seen : seen.where('id', '>', Number(after[0])))
    .orderBy('id')
    .limit(limit + 1)
    .execute();
}

export const noSuchApplication = (id: number): Refusal => refusal(exchangeErrors.notFound, { object: 'application', id });

/** @throws Refusal exchange.notFound for one that the member does not see */
export async function requireSeenApplication(
  db: CatalogReader,
  member: number,
  platform: number | undefined,
  id: number,
): Promise<ApplicationTable> {
  const row = await seenBy(db, member, platform).where('id', '=', id).executeTakeFirst();
  if (!row) throw noSuchApplication(id);
  return row;
}

/** @throws Refusal exchange.notFound */
export async function requireOwnApplication(db: CatalogReader, member: number, id: number): Promise<ApplicationTable> {
  const row = await readApplication(db, id);
  if (row?.member_id !== member) throw noSuchApplication(id);
  return row;
}

export const readApplication = (db: CatalogReader, id: number): Promise<ApplicationTable | undefined> =>
  db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirst();

export async function insertApplication(change: CatalogChange, row: ApplicationTable): Promise<void> {
  await change.db.insertInto('application').values(row).execute();
  recordApplication(change, null, row);
}

/** Changes an application. @returns it as it is now */
export async function updateApplication(
  change: CatalogChange,
  before: ApplicationTable,
  fields: Partial<ApplicationTable>,
): Promise<ApplicationTable> {
  const after = { ...before, ...fields, last_modified: change.nowMs };
  await change.db.updateTable('application').set(after).where('id', '=', before.id).execute();
  recordApplication(change, before, after);
  return after;
}

function recordApplication(change: CatalogChange, before: ApplicationTable | null, after: ApplicationTable): void {
  change.record({
    objectType: 'application',
    objectId: after.id,
    memberId: after.member_id,
    before: before && { ...before },
    after: { ...after },
  });
}
