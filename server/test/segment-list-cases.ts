/** The usual list requests of GET /segment over many segments, for the bench and for the test of their plans. */
import { sql } from 'kysely';
import type { ListQuery } from '../src/kit/list-query.ts';
import { insertMember } from '../src/members/store/member-store.ts';
import { insertRecord } from '../src/sharing/store/sharing-store.ts';
import type { CatalogChange } from '../src/storage/sql/catalog-change.ts';

/** One member has half of all segments, 50 share the rest; a buyer sees those of the large one, of one small one and a list. */
export const segmentOwners = { large: 10, firstSmall: 1_001, smallMembers: 50, lister: 1_003, buyer: 20 } as const;
const { large, firstSmall, smallMembers, lister, buyer } = segmentOwners;
const baseMs = Date.UTC(2026, 0, 1);
const listed = 30;
const perStatement = 5_000;

/** Fills an empty catalog; every second segment, by id, is the large member's. */
export async function fillSegments(change: CatalogChange, segments: number): Promise<void> {
  const owners = [large, ...Array.from({ length: smallMembers }, (_, at) => firstSmall + 2 * at)];
  for (const id of owners) await insertMember(change, { id, name: `Member ${id}`, primary_type: 'data_provider' });
  await insertMember(change, { id: buyer, name: 'Buyer', primary_type: 'buyer' });
  for (let first = 1; first <= segments; first += perStatement)
    await insertNumbered(change, first, Math.min(first + perStatement - 1, segments), segments);
  await change.reserveIds('segment', segments);
  const enabled = { buyer_member_id: buyer, active: 1, last_modified: 0 };
  for (const [at, provider] of [large, firstSmall, lister].entries()) {
    await change.db
      .insertInto('data_buyer_provider')
      .values({ id: at + 1, data_provider_member_id: provider, ...enabled })
      .execute();
    const ids = Array.from({ length: listed }, (_, i) => lister - firstSmall + 1 + i * 2 * smallMembers);
    const exposure = provider === lister ? { kind: 'list' as const, segments: ids } : { kind: 'all' as const };
    await insertRecord(change, { dataMember: provider, buyer, exposure, exportAllowed: false });
  }
}

async function insertNumbered(change: CatalogChange, first: number, last: number, segments: number): Promise<void> {
  const name = sql`page ' || ((i * 7919) % ${sql.lit(segments)})`;
  await sql`
    insert into segment (id, member_id, code, code_folded, short_name, short_name_folded, state, enable_rm_piggyback, max_usersync_pixels,
      client_side, last_modified)
    with recursive numbered (i) as (select ${sql.lit(first)} union all select i + 1 from numbered where i < ${sql.lit(last)})
    select i, case when i % 2 = 0 then ${sql.lit(large)} else ${sql.lit(firstSmall - 1)} + i % ${sql.lit(2 * smallMembers)} end,
      'code-' || i, 'code-' || i, 'Visitors of ${name}, 'visitors of ${name},
      case when i % 97 = 0 then 'inactive' else 'active' end, 1, 0, 1, ${sql.lit(baseMs)} + i * 1000
    from numbered`.execute(change.db);
}

export interface SegmentListCase {
  readonly name: string;
  /** Who asks; null: an administrator. */
  readonly member: number | null;
  readonly query: ListQuery;
  /** Its answer costs more the more there is to count or to pass over: stated, and held against no figure. */
  readonly isLong: boolean;
}

/** What each of four callers asks for. @param segments how many there are */
export function segmentListCases(segments: number): readonly SegmentListCase[] {
  const small = segments / 2 / smallMembers;
  const half = segments / 2;
  return [
    ...casesOf(`member with ${small}`, firstSmall, small, segments),
    ...casesOf(`member with ${half}`, large, half, segments),
    ...casesOf(`buyer of ${half + small + listed} shared`, buyer, half + small + listed, segments),
    ...casesOf('administrator', null, segments, segments),
  ];
}

const usual: ListQuery = { filters: [], search: null, sort: [], startElement: 0, numElements: 100 };

function casesOf(who: string, member: number | null, count: number, segments: number): readonly SegmentListCase[] {
  const made = (name: string, query: Partial<ListQuery>, isLong = false): SegmentListCase => ({
    name: `${who}: ${name}`,
    member,
    query: { ...usual, ...query },
    isLong,
  });
  const middle = 0.4 * segments;
  const lastPart = { field: 'last_modified', is: 'min', value: baseMs + (segments - segments / 100) * 1000, orNull: false } as const;
  return [
    made('by id', { filters: [{ field: 'id', is: 'in', values: [middle, middle + 1] }] }),
    made('by code', { filters: [{ field: 'code', is: 'in', values: [`CODE-${middle}`, `code-${middle + 1}`] }] }),
    made('first page', {}),
    made('last page', { startElement: Math.max(0, count - 100) }),
    made('middle page', { startElement: Math.floor(count / 2) }, true),
    made('inactive', { filters: [{ field: 'state', is: 'in', values: ['inactive'] }] }),
    made('search of a few', { search: '4242' }),
    made('search of words', { search: 'page 4242' }),
    made('search of all', { search: 'visitors' }, true),
    made('like_short_name', { filters: [{ field: 'short_name', is: 'like', value: 'page 4242' }] }),
    made('min_last_modified', { filters: [lastPart] }),
    made('sort by short_name', { sort: [{ field: 'short_name', descending: true }] }),
    made('sort by last_modified', { sort: [{ field: 'last_modified', descending: true }] }),
  ];
}
