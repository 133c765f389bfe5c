import { sql } from 'kysely';
import { fold } from '../../kit/fold.ts';
import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, SegmentTable } from '../../storage/sql/catalog-schema.ts';
import { runsOf } from '../../storage/sql/id-runs.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import { addTask } from '../../tasks/add-task.ts';
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

function seen(db: CatalogReader, sight: Sight) {
  const { member } = sight;
  const own = db.selectFrom('segment').innerJoin('member', 'member.id', 'segment.member_id').selectAll('segment');
  const visible =
    member === null
      ? own
      : own.where((eb) =>
          sight.includeShared
            ? eb.or([eb('segment.member_id', '=', member), sight.hooks.availableTo(db, member)])
            : eb('segment.member_id', '=', member),
        );
  const provided = visible.select((eb) => {
    const foreign = member === null ? sql<boolean>`1 = 0` : eb('segment.member_id', '!=', member);
    return [
      eb.case().when(foreign).then(eb.ref('segment.member_id')).else(null).end().as('provider_id'),
      eb.case().when(foreign).then(eb.ref('member.name')).else(null).end().as('provider'),
      eb.case().when(foreign).then(eb.ref('member.name_folded')).else(null).end().as('provider_folded'),
    ];
  });
  return db.selectFrom(provided.as('segment')).selectAll();
}

export function listSegments(db: CatalogReader, sight: Sight, query: ListQuery): Promise<{ rows: SeenSegment[]; count: number }> {
  return listRows(seen(db, sight) as never, segmentFields, query) as Promise<{ rows: SeenSegment[]; count: number }>;
}

/** One segment, or undefined where it does not exist or is not visible. */
export function readSegment(db: CatalogReader, sight: Sight, id: number): Promise<SeenSegment | undefined> {
  return seen(db, sight).where('segment.id', '=', id).executeTakeFirst();
}

/** Segments with these codes, own ones before shared ones. */
export function readSegmentsByCode(db: CatalogReader, sight: Sight, codes: readonly string[]): Promise<SeenSegment[]> {
  return seen(db, sight)
    .where('segment.code_folded', 'in', codes.map(fold))
    .orderBy('segment.provider_id', (order) => order.asc().nullsFirst())
    .orderBy('segment.id')
    .execute();
}

export function readSegmentRow(db: CatalogReader, id: number): Promise<SegmentTable | undefined> {
  return db.selectFrom('segment').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function hasChildren(db: CatalogReader, id: number): Promise<boolean> {
  return (await db.selectFrom('segment').select('id').where('parent_segment_id', '=', id).executeTakeFirst()) !== undefined;
}

/** How many segments the member has, whatever their state. */
export async function countSegments(db: CatalogReader, member: number): Promise<number> {
  const counted = db.selectFrom('segment').select((eb) => eb.fn.countAll<number>().as('count'));
  return Number((await counted.where('member_id', '=', member).executeTakeFirstOrThrow()).count);
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
