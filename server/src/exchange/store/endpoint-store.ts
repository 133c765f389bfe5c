import { refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { EndpointTable } from '../../storage/sql/exchange-schema.ts';
import { type Endpoint, endpointOf } from '../endpoints/endpoint.ts';
import type { Page } from '../calls/paged.ts';
import { exchangeErrors } from '../exchange-errors.ts';

/** A member's endpoint, Disabled ones too; another's, and one that was deleted, is not found. */
export async function readEndpoint(db: CatalogReader, member: number, id: number): Promise<Endpoint | undefined> {
  const row = await db
    .selectFrom('endpoint')
    .selectAll()
    .where('id', '=', id)
    .where('member_id', '=', member)
    .where('deleted_on', 'is', null)
    .executeTakeFirst();
  return row && endpointOf(row);
}

/** @throws Refusal exchange.notFound */
export async function requireEndpoint(db: CatalogReader, member: number, id: number): Promise<Endpoint> {
  const endpoint = await readEndpoint(db, member, id);
  if (!endpoint) throw refusal(exchangeErrors.notFound, { object: 'endpoint', id });
  return endpoint;
}

/** Also one that was deleted meanwhile: past jobs name it. */
export async function readEndpointEver(db: CatalogReader, id: number): Promise<Endpoint | undefined> {
  const row = await db.selectFrom('endpoint').selectAll().where('id', '=', id).executeTakeFirst();
  return row && endpointOf(row);
}

/** The endpoint's row as it is in this transaction. @throws Refusal exchange.notFound */
export async function requireEndpointRow(change: CatalogChange, member: number, id: number): Promise<EndpointTable> {
  const row = await change.db
    .selectFrom('endpoint')
    .selectAll()
    .where('id', '=', id)
    .where('member_id', '=', member)
    .where('deleted_on', 'is', null)
    .executeTakeFirst();
  if (!row) throw refusal(exchangeErrors.notFound, { object: 'endpoint', id });
  return row;
}

/** Notes a change for the audit trail; credentials show as stars. */
export function recordEndpoint(change: CatalogChange, before: EndpointTable | null, after: EndpointTable | null): void {
  const row = after ?? before;
  if (!row) return;
  const shown = (of: EndpointTable | null) => {
    if (of === null) return null;
    const { refreshed_on: _, next_refresh_on: __, ...rest } = of;
    return rest;
  };
  change.record({ objectType: 'endpoint', objectId: row.id, memberId: row.member_id, before: shown(before), after: shown(after) });
}

/** Changes an endpoint. @returns it as it is now */
export async function updateEndpoint(change: CatalogChange, before: EndpointTable, fields: Partial<EndpointTable>): Promise<EndpointTable> {
  const after = { ...before, ...fields, last_modified: change.nowMs };
  await change.db.updateTable('endpoint').set(after).where('id', '=', before.id).execute();
  recordEndpoint(change, before, after);
  return after;
}

export interface EndpointFilter {
  /** This one alone. */
  readonly only?: number | undefined;
  readonly kind?: string | undefined;
  readonly status?: string | undefined;
  readonly page: Page;
}

/** A member's endpoints by id, one more than the page holds where there are so many. */
export async function listEndpoints(
  db: CatalogReader,
  member: number,
  { only, kind, status, page: { limit, after } }: EndpointFilter,
): Promise<readonly Endpoint[]> {
  let query = db.selectFrom('endpoint').selectAll().where('member_id', '=', member).where('deleted_on', 'is', null);
  if (only !== undefined) query = query.where('id', '=', only);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (status !== undefined) query = query.where('status', '=', status);
  if (after !== undefined) query = query.where('id', '>', Number(after[0]));
  const rows = await query
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  return rows.map(endpointOf);
}

/** An application is registered once for each member (exchange.md section 2.3). @throws Refusal exchange.duplicate */
export async function refuseSecond(change: CatalogChange, member: number, application: number): Promise<void> {
  const first = await change.db
    .selectFrom('endpoint')
    .select('id')
    .where('member_id', '=', member)
    .where('application_id', '=', application)
    .where('deleted_on', 'is', null)
    .executeTakeFirst();
  if (first)
    throw refusal(exchangeErrors.duplicate, {
      fault: `Endpoint ${first.id} comes from application ${application} already; there is one for each member`,
    });
}

export async function insertEndpoint(change: CatalogChange, row: EndpointTable): Promise<void> {
  await change.db.insertInto('endpoint').values(row).execute();
  recordEndpoint(change, null, row);
}

/** The endpoint of the member's own segments; undefined before the member's first call. */
export async function readBuiltInEndpoint(db: CatalogReader, member: number): Promise<Endpoint | undefined> {
  const row = await db.selectFrom('endpoint').selectAll().where('member_id', '=', member).where('kind', '=', 'internal').executeTakeFirst();
  return row && endpointOf(row);
}

/** Several of a member's endpoints, in no order. */
export async function readEndpoints(db: CatalogReader, member: number, ids: readonly number[]): Promise<Endpoint[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('endpoint').selectAll().where('member_id', '=', member).where('id', 'in', ids).execute();
  return rows.map(endpointOf);
}
