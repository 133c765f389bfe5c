import { refusal } from '../../kit/refusal.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { type Endpoint, endpointOf } from '../endpoints/endpoint.ts';
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
