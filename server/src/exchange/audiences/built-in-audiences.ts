import { expressionBuilder, sql } from 'kysely';
import { asSegmentId } from '../../kit/ids.ts';
import { foreignParts } from '../../segments/foreign-sight.ts';
import { sharedWith } from '../../sharing/segment-sight.ts';
import type { CatalogTables, SegmentTable } from '../../storage/sql/catalog-schema.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { type AudienceSearch, patternOf } from '../store/audience-store.ts';
import type { Audience } from './audience.ts';

type Parts = Pick<ExchangeParts, 'catalog' | 'profiles' | 'clock'>;

/** Ids of segments as they stand in the exchange: digits, without zeros before them. */
export const segmentIdOf = (text: string): number | undefined =>
  /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;

/** Segments that a member may share: its own active ones, and those that others let it export. */
async function shareable({ catalog }: Parts, member: number) {
  const eb = expressionBuilder<CatalogTables, 'segment'>();
  const foreign = foreignParts(await sharedWith(catalog.read, member, { exportable: true }));
  return catalog.read
    .selectFrom('segment')
    .selectAll()
    .where('segment.state', '=', 'active')
    .where(eb.or([eb('segment.member_id', '=', member), ...foreign]));
}

/** One of the built-in endpoint's audiences (exchange-sharing.md section 4). */
export async function readBuiltInAudience(parts: Parts, endpoint: Endpoint, segment: string): Promise<Audience | undefined> {
  const id = segmentIdOf(segment);
  if (id === undefined) return undefined;
  const row = await (await shareable(parts, endpoint.memberId)).where('segment.id', '=', id).executeTakeFirst();
  return row && audienceOfSegment(parts, endpoint, row);
}

/** A page of them, by id. `after` names the endpoint too, as in the list of all sources. */
export async function searchBuiltIn(parts: Parts, endpoint: Endpoint, { search, after, most }: AudienceSearch): Promise<Audience[]> {
  const [lastEndpoint = 0, lastSegment = '0'] = after ?? [];
  if (Number(lastEndpoint) > endpoint.id) return [];
  const behind = Number(lastEndpoint) === endpoint.id ? Number(lastSegment) : 0;
  let query = (await shareable(parts, endpoint.memberId)).where('segment.id', '>', Number.isSafeInteger(behind) ? behind : 0);
  if (search !== undefined) {
    const pattern = patternOf(search);
    query = query.where(
      sql<boolean>`(segment.short_name_folded like ${pattern} escape '\\' or segment.description_folded like ${pattern} escape '\\')`,
    );
  }
  const rows = await query.orderBy('segment.id').limit(most).execute();
  return Promise.all(rows.map((row) => audienceOfSegment(parts, endpoint, row)));
}

/** Own active segments, which can be destinations: a page by id. */
export async function searchOwnSegments(parts: Parts, endpoint: Endpoint, after: string | undefined, most: number): Promise<Audience[]> {
  const rows = await parts.catalog.read
    .selectFrom('segment')
    .selectAll()
    .where('member_id', '=', endpoint.memberId)
    .where('state', '=', 'active')
    .where('id', '>', segmentIdOf(after ?? '') ?? 0)
    .orderBy('id')
    .limit(most)
    .execute();
  return Promise.all(rows.map((row) => audienceOfSegment(parts, endpoint, row)));
}

async function audienceOfSegment({ profiles, clock }: Parts, endpoint: Endpoint, row: SegmentTable): Promise<Audience> {
  return {
    endpointId: endpoint.id,
    segmentId: String(row.id),
    idIsNumber: true,
    memberId: endpoint.memberId,
    name: row.short_name ?? row.code ?? `Segment ${row.id}`,
    description: row.description,
    type: null,
    columns: [
      ...endpoint.identifiers.map(({ name, type }) => ({ name, type, isIdentifier: true })),
      ...endpoint.attributes.map(({ name, type }) => ({ name, type, isIdentifier: false })),
    ],
    count: await profiles.count(asSegmentId(row.id)),
    lastModified: row.last_modified,
    refreshedOn: clock.nowMs(),
    sharedBy: row.member_id === endpoint.memberId ? null : row.member_id,
  };
}
