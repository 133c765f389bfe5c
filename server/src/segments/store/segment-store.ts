import { expressionBuilder, sql } from 'kysely';
import { fold } from '../../kit/fold.ts';
import type { ListFields, ListFilter, ListQuery } from '../../kit/list-query.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, CatalogTables, SegmentTable } from '../../storage/sql/catalog-schema.ts';
import { runsOf } from '../../storage/sql/id-runs.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import { segmentsWithText } from '../../storage/sql/text-search.ts';
import { addTask } from '../../tasks/add-task.ts';
import { type ForeignSight, foreignParts } from '../foreign-sight.ts';
import type { SegmentHooks } from '../segment-hooks.ts';
import type { SegmentContent } from '../segment.ts';

/** A segment as one member sees it. */
export type SeenSegment = SegmentTable & { readonly provider_id: number | null; readonly provider: string | null };

export const segmentFields: ListFields = {
  id: { type: 'int', column: 'segment.id', search: true },
  code: { type: 'string', column: 'segment.code', foldedColumn: 'segment.code_folded', search: true, ignoresCase: true },
  short_name: { type: 'string', column: 'segment.short_name', foldedColumn: 'segment.short_name_folded', search: true },
  description: { type: 'string', column: 'segment.description', foldedColumn: 'segment.description_folded' },
  state: { type: 'enum', column: 'segment.state' },
  member_id: { type: 'int', column: 'segment.member_id' },
  advertiser_id: { type: 'int', column: 'segment.advertiser_id' },
  expire_minutes: { type: 'int', column: 'segment.expire_minutes' },
  enable_rm_piggyback: { type: 'bool', column: 'segment.enable_rm_piggyback' },
  max_usersync_pixels: { type: 'int', column: 'segment.max_usersync_pixels' },
  piggyback_pixels: { type: 'string' },
  client_side: { type: 'bool', column: 'segment.client_side' },
  parent_segment_id: { type: 'int', column: 'segment.parent_segment_id' },
  querystring_mapping: { type: 'string' },
  querystring_mapping_key_value: { type: 'string' },
  taxonomy_id: { type: 'enum', column: 'segment.taxonomy_id' },
  provider_id: { type: 'int', column: 'segment.provider_id' },
  provider: { type: 'string', column: 'segment.provider', foldedColumn: 'segment.provider_folded' },
  category: { type: 'enum', constant: null },
  price: { type: 'int', constant: 0 },
  object_type: { type: 'enum', constant: 'default' },
  last_modified: { type: 'timestamp', column: 'segment.last_modified' },
};

/** Whose eyes look at the segments: a member's, or an administrator's (null), which see all. */
export interface Sight {
  readonly member: number | null;
  /** Foreign segments that are available too. */
  readonly includeShared: boolean;
  readonly hooks: SegmentHooks;
}

/** Segments as this member sees them, whether it does or not. An administrator has no providers. */
function shown(db: CatalogReader, member: number | null) {
  const provided = db
    .selectFrom('segment')
    .selectAll()
    .select((eb) => {
      const foreign = member === null ? sql<boolean>`1 = 0` : eb('segment.member_id', '!=', member);
      const owner = eb.selectFrom('member').whereRef('member.id', '=', 'segment.member_id');
      return [
        eb.case().when(foreign).then(eb.ref('segment.member_id')).else(null).end().as('provider_id'),
        eb.case().when(foreign).then(owner.select('member.name')).else(null).end().as('provider'),
        eb.case().when(foreign).then(owner.select('member.name_folded')).else(null).end().as('provider_folded'),
      ];
    });
  return db.selectFrom(provided.as('segment')).selectAll();
}

/** What the caller sees: the parts of its list, own segments first; none for an administrator, which sees all. */
async function partsOf(db: CatalogReader, { member, includeShared, hooks }: Sight) {
  const foreign = member !== null && includeShared ? await hooks.availableTo(db, member) : { whole: [], listed: null };
  const own = member === null ? [] : [expressionBuilder<CatalogTables, 'segment'>()('segment.member_id', '=', member)];
  return { foreign, parts: [...own, ...foreignParts(foreign)] };
}

export async function listSegments(db: CatalogReader, sight: Sight, query: ListQuery): Promise<{ rows: SeenSegment[]; count: number }> {
  const { foreign, parts } = await partsOf(db, sight);
  const states = query.search === null && query.filters.every(isByState) ? query.filters : undefined;
  const count = states && (await countSeen(db, sight.member, foreign, states));
  const among = await holdersOf(db, query);
  const listed = await listRows(shown(db, sight.member) as never, segmentFields, query, { db, parts, count, among });
  return listed as { rows: SeenSegment[]; count: number };
}

/** No other segments than these can match the texts of the query. */
async function holdersOf(db: CatalogReader, { search, filters }: ListQuery): Promise<readonly number[] | undefined> {
  const liked = filters.find((filter) => filter.is === 'like' && segmentFields[filter.field]?.search);
  const text = search ?? (liked?.is === 'like' ? liked.value : undefined);
  return text === undefined ? undefined : await segmentsWithText(db, text);
}

type StateFilter = Extract<ListFilter, { is: 'in' | 'not-in' }>;
const isByState = (filter: ListFilter): filter is StateFilter => filter.field === 'state' && (filter.is === 'in' || filter.is === 'not-in');

/** How many segments the member sees, of those in the states that are asked for. */
async function countSeen(
  db: CatalogReader,
  member: number | null,
  { whole, listed }: ForeignSight,
  states: readonly StateFilter[] = [],
): Promise<number> {
  const counts = db
    .selectFrom('segment_count')
    .select(({ fn }) => ['member_id', 'state', fn.sum<number>('segments').as('segments')])
    .select(({ fn }) => fn.sum<number>('of_member_level').as('of_member_level'))
    .groupBy(['member_id', 'state']);
  const rows = await (member === null ? counts : counts.where('member_id', 'in', [member, ...whole])).execute();
  const isAsked = (state: string): boolean => states.every(({ is, values }) => values.includes(state) === (is === 'in'));
  const counted = rows.filter(({ state }) => isAsked(state));
  const owned = counted.reduce((sum, row) => sum + (member === null || row.member_id === member ? row.segments : row.of_member_level), 0);
  if (listed === null) return owned;
  const onLists = await db.selectFrom('segment').select(['state', 'id']).where(listed).execute();
  return owned + onLists.filter(({ state }) => isAsked(state)).length;
}

/** One segment, or undefined where it does not exist or is not visible. */
export async function readSegment(db: CatalogReader, sight: Sight, id: number): Promise<SeenSegment | undefined> {
  return (await seen(db, sight)).where('segment.id', '=', id).executeTakeFirst();
}

/** Segments with these codes, own ones before shared ones. */
export async function readSegmentsByCode(db: CatalogReader, sight: Sight, codes: readonly string[]): Promise<SeenSegment[]> {
  return (await seen(db, sight))
    .where('segment.code_folded', 'in', codes.map(fold))
    .orderBy('segment.provider_id', (order) => order.asc().nullsFirst())
    .orderBy('segment.id')
    .execute();
}

async function seen(db: CatalogReader, sight: Sight) {
  const { parts } = await partsOf(db, sight);
  const all = shown(db, sight.member);
  return parts.length === 0 ? all : all.where((eb) => eb.or(parts as never));
}

export function readSegmentRow(db: CatalogReader, id: number): Promise<SegmentTable | undefined> {
  return db.selectFrom('segment').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function hasChildren(db: CatalogReader, id: number): Promise<boolean> {
  return (await db.selectFrom('segment').select('id').where('parent_segment_id', '=', id).executeTakeFirst()) !== undefined;
}

/** How many segments the member has, whatever their state. */
export function countSegments(db: CatalogReader, member: number): Promise<number> {
  return countSeen(db, member, { whole: [], listed: null });
}

/** The segment of the member that holds this code, if it is another one. */
export async function isCodeTaken(db: CatalogReader, member: number, code: string, exceptId: number): Promise<boolean> {
  const holder = await db
    .selectFrom('segment')
    .select('id')
    .where('member_id', '=', member)
    .where('code_folded', '=', fold(code))
    .where('id', '!=', exceptId)
    .executeTakeFirst();
  return holder !== undefined;
}

const foldedOrNull = (text: string | null): string | null => (text === null ? null : fold(text));
const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** A segment's row from its content. */
export function segmentRow(id: number, memberId: number, content: SegmentContent, nowMs: number): SegmentTable {
  return {
    id,
    member_id: memberId,
    code: content.code,
    code_folded: foldedOrNull(content.code),
    short_name: content.short_name,
    short_name_folded: foldedOrNull(content.short_name),
    description: content.description,
    description_folded: foldedOrNull(content.description),
    state: content.state,
    advertiser_id: content.advertiser_id,
    expire_minutes: content.expire_minutes,
    enable_rm_piggyback: Number(content.enable_rm_piggyback),
    max_usersync_pixels: content.max_usersync_pixels,
    piggyback_pixels: jsonOrNull(content.piggyback_pixels),
    client_side: Number(content.client_side),
    parent_segment_id: content.parent_segment_id,
    querystring_mapping: jsonOrNull(content.querystring_mapping),
    querystring_mapping_key_value: jsonOrNull(content.querystring_mapping_key_value),
    taxonomy_id: content.taxonomy_id,
    last_modified: nowMs,
  };
}

/** A row's content, the opposite of `segmentRow`. */
export function segmentContent(row: SegmentTable): SegmentContent {
  const json = (text: string | null): never => (text === null ? null : JSON.parse(text)) as never;
  return {
    code: row.code,
    short_name: row.short_name,
    description: row.description,
    state: row.state === 'active' ? 'active' : 'inactive',
    advertiser_id: row.advertiser_id,
    expire_minutes: row.expire_minutes,
    enable_rm_piggyback: row.enable_rm_piggyback === 1,
    max_usersync_pixels: row.max_usersync_pixels,
    piggyback_pixels: json(row.piggyback_pixels),
    client_side: row.client_side === 1,
    parent_segment_id: row.parent_segment_id,
    querystring_mapping: json(row.querystring_mapping),
    querystring_mapping_key_value: json(row.querystring_mapping_key_value),
    taxonomy_id: row.taxonomy_id,
  };
}

const auditOf = (row: SegmentTable) => ({ id: row.id, member_id: row.member_id, ...segmentContent(row) });

export async function insertSegment(change: CatalogChange, row: SegmentTable): Promise<void> {
  await change.db.insertInto('segment').values(row).execute();
  change.record({ objectType: 'segment', objectId: row.id, memberId: row.member_id, before: null, after: auditOf(row) });
  change.touch('segment', row.id);
}

export async function updateSegment(change: CatalogChange, before: SegmentTable, after: SegmentTable): Promise<void> {
  await change.db.updateTable('segment').set(after).where('id', '=', after.id).execute();
  change.record({ objectType: 'segment', objectId: after.id, memberId: after.member_id, before: auditOf(before), after: auditOf(after) });
  change.touch('segment', after.id);
}

/** Segments that give their codes up before others take them; each is written again in the same transaction. */
export async function freeCodes(change: CatalogChange, ids: readonly number[]): Promise<void> {
  for (const run of runsOf(ids))
    await change.db.updateTable('segment').set({ code: null, code_folded: null }).where('id', 'in', run).execute();
}

/** Takes a segment out, frees its children, and asks for its memberships to be swept. */
export async function deleteSegment(change: CatalogChange, row: SegmentTable): Promise<void> {
  const children = await change.db.selectFrom('segment').selectAll().where('parent_segment_id', '=', row.id).execute();
  for (const child of children) await updateSegment(change, child, { ...child, parent_segment_id: null, last_modified: change.nowMs });
  await change.db.deleteFrom('segment').where('id', '=', row.id).execute();
  await addTask(change, { kind: 'sweep-segment', memberId: row.member_id, subject: { type: 'segment', id: row.id } });
  change.record({ objectType: 'segment', objectId: row.id, memberId: row.member_id, before: auditOf(row), after: null });
  change.touch('segment', row.id);
}
