import { sql } from 'kysely';
import { fold } from '../../kit/fold.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { AudienceTable } from '../../storage/sql/exchange-schema.ts';
import type { OfferedColumn } from '../audiences/audience.ts';
import type { PageKey } from '../calls/paged.ts';

/** An audience as its owner offers it. */
export interface Offer {
  readonly segmentId: string;
  readonly idIsNumber: boolean;
  readonly name: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly columns: readonly OfferedColumn[];
  readonly count: number | null;
  /** Epoch milliseconds. */
  readonly lastModified: number | null;
}

/** What a text is searched by: it is contained, whatever the case; `%` and `_` are themselves. */
export const patternOf = (text: string): string => `%${fold(text).replace(/[\\%_]/g, (character) => `\\${character}`)}%`;

/** What a source has offered, from its list. */
export function readOffered(db: CatalogReader, endpoint: number, segment: string): Promise<AudienceTable | undefined> {
  return offered(db, endpoint).where('segment_id', '=', segment).executeTakeFirst();
}

/** So many ids stay below what a statement takes. */
const idsPerRead = 5000;

/** Those of these segments that a source has offered. */
export async function readOfferedAmong(db: CatalogReader, endpoint: number, segments: readonly string[]): Promise<AudienceTable[]> {
  const found: AudienceTable[] = [];
  for (let at = 0; at < segments.length; at += idsPerRead)
    found.push(
      ...(await offered(db, endpoint)
        .where('segment_id', 'in', segments.slice(at, at + idsPerRead))
        .execute()),
    );
  return found;
}

/** A source's whole list. */
export const offersOf = (db: CatalogReader, endpoint: number): Promise<AudienceTable[]> => offered(db, endpoint).execute();

const offered = (db: CatalogReader, endpoint: number) => db.selectFrom('audience').selectAll().where('endpoint_id', '=', endpoint);

/** A page of one endpoint's list, by segment id. @param after the last one of the page before */
export function listOffered(db: CatalogReader, endpoint: number, after: string | undefined, most: number): Promise<AudienceTable[]> {
  const all = offered(db, endpoint);
  return (after === undefined ? all : all.where('segment_id', '>', after)).orderBy('segment_id').limit(most).execute();
}

export interface AudienceSearch {
  readonly member: number;
  /** One endpoint's alone. */
  readonly endpoint: number | undefined;
  /** Text of the name or the description. */
  readonly search: string | undefined;
  /** Endpoint and segment of the last one before. */
  readonly after: PageKey | undefined;
  readonly most: number;
}

/** Lists of the member's Active sources, by endpoint and segment id. */
export function searchOffered(db: CatalogReader, { member, endpoint, search, after, most }: AudienceSearch): Promise<AudienceTable[]> {
  let query = db
    .selectFrom('audience')
    .innerJoin('endpoint', 'endpoint.id', 'audience.endpoint_id')
    .selectAll('audience')
    .where('audience.member_id', '=', member)
    .where('endpoint.status', '=', 'ACTIVE')
    .where('endpoint.source_type', 'is not', null)
    .where('endpoint.deleted_on', 'is', null);
  if (endpoint !== undefined) query = query.where('audience.endpoint_id', '=', endpoint);
  if (search !== undefined) {
    const pattern = patternOf(search);
    query = query.where(
      sql<boolean>`(audience.name_folded like ${pattern} escape '\\' or audience.description_folded like ${pattern} escape '\\')`,
    );
  }
  if (after !== undefined) {
    const [lastEndpoint = 0, lastSegment = ''] = after;
    query = query.where((eb) =>
      eb.or([
        eb('audience.endpoint_id', '>', Number(lastEndpoint)),
        eb.and([eb('audience.endpoint_id', '=', Number(lastEndpoint)), eb('audience.segment_id', '>', String(lastSegment))]),
      ]),
    );
  }
  return query.orderBy('audience.endpoint_id').orderBy('audience.segment_id').limit(most).execute();
}

/** So many rows with their columns stay below what a statement takes. */
const rowsPerInsert = 500;

/** Adds audiences to a source's list; one with the same id is written over. Of several with one id the last counts. */
export async function putOffers(
  change: CatalogChange,
  { endpoint, member }: { readonly endpoint: number; readonly member: number },
  offers: readonly Offer[],
): Promise<void> {
  const last = new Map(offers.map((offer) => [offer.segmentId, offer]));
  const rows = [...last.values()].map((offer) => offerRow(offer, endpoint, member, change.nowMs));
  for (let at = 0; at < rows.length; at += rowsPerInsert)
    await change.db
      .insertInto('audience')
      .values(rows.slice(at, at + rowsPerInsert))
      .onConflict((conflict) =>
        conflict.columns(['endpoint_id', 'segment_id']).doUpdateSet((eb) => ({
          id_is_number: eb.ref('excluded.id_is_number'),
          name: eb.ref('excluded.name'),
          name_folded: eb.ref('excluded.name_folded'),
          description: eb.ref('excluded.description'),
          description_folded: eb.ref('excluded.description_folded'),
          type: eb.ref('excluded.type'),
          columns: eb.ref('excluded.columns'),
          count: eb.ref('excluded.count'),
          last_modified: eb.ref('excluded.last_modified'),
          refreshed_on: eb.ref('excluded.refreshed_on'),
        })),
      )
      .execute();
}

/** Takes one audience off the list, or all. @returns how many there were */
export async function dropOffers(change: CatalogChange, endpoint: number, segment?: string): Promise<number> {
  const all = change.db.deleteFrom('audience').where('endpoint_id', '=', endpoint);
  const gone = await (segment === undefined ? all : all.where('segment_id', '=', segment)).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** An offer as its row. */
export const offerRow = (offer: Offer, endpoint: number, member: number, nowMs: number): AudienceTable => ({
  endpoint_id: endpoint,
  segment_id: offer.segmentId,
  member_id: member,
  id_is_number: Number(offer.idIsNumber),
  name: offer.name,
  name_folded: fold(offer.name),
  description: offer.description,
  description_folded: offer.description === null ? null : fold(offer.description),
  type: offer.type,
  columns: JSON.stringify(offer.columns),
  count: offer.count,
  last_modified: offer.lastModified,
  refreshed_on: nowMs,
});
