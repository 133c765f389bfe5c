import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, SharingRecordTable } from '../../storage/sql/catalog-schema.ts';
import { runsOf } from '../../storage/sql/id-runs.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import type { Exposure } from '../sharing-record.ts';

export interface SharingRecord extends SharingRecordTable {
  /** By segment id; null for all. Names are the segments' present ones. */
  readonly segments: readonly { readonly id: number; readonly name: string | null }[] | null;
}

export const sharingFields: ListFields = {
  id: { type: 'int', column: 'sharing_record.id', search: true },
  data_member_id: { type: 'int', column: 'sharing_record.data_member_id', search: true },
  buyer_member_id: { type: 'int', column: 'sharing_record.buyer_member_id', search: true },
  segment_exposure: { type: 'enum', column: 'sharing_record.segment_exposure' },
  segments: { type: 'string' },
  export_allowed: { type: 'bool', column: 'sharing_record.export_allowed' },
};

async function withSegments(db: CatalogReader, rows: readonly SharingRecordTable[]): Promise<SharingRecord[]> {
  const lists = new Map<number, { id: number; name: string | null }[]>();
  for (const row of rows) if (row.segment_exposure === 'list') lists.set(row.id, []);
  for (const ids of runsOf([...lists.keys()])) {
    const listed = await db
      .selectFrom('sharing_record_segment')
      .innerJoin('segment', 'segment.id', 'sharing_record_segment.segment_id')
      .select(['record_id', 'segment.id as id', 'segment.short_name as name'])
      .where('record_id', 'in', ids)
      .orderBy('segment.id')
      .execute();
    for (const { record_id: record, id, name } of listed) lists.get(record)?.push({ id, name });
  }
  return rows.map((row) => ({ ...row, segments: lists.get(row.id) ?? null }));
}

/** Records of a data member; null sees all. */
export async function listRecords(
  db: CatalogReader,
  dataMember: number | null,
  query: ListQuery,
): Promise<{ rows: SharingRecord[]; count: number }> {
  const all = db.selectFrom('sharing_record').selectAll();
  const { rows, count } = await listRows(dataMember === null ? all : all.where('data_member_id', '=', dataMember), sharingFields, query);
  return { rows: await withSegments(db, rows), count };
}

export async function readRecord(db: CatalogReader, id: number): Promise<SharingRecord | undefined> {
  const row = await db.selectFrom('sharing_record').selectAll().where('id', '=', id).executeTakeFirst();
  return row && (await withSegments(db, [row]))[0];
}

/** These records that exist, by id. */
export async function readRecords(db: CatalogReader, ids: readonly number[]): Promise<SharingRecord[]> {
  const rows: SharingRecordTable[] = [];
  for (const run of runsOf(ids))
    rows.push(...(await db.selectFrom('sharing_record').selectAll().where('id', 'in', run).orderBy('id').execute()));
  return withSegments(db, rows);
}

export function readRecordOf(db: CatalogReader, dataMember: number, buyer: number): Promise<{ id: number } | undefined> {
  return db
    .selectFrom('sharing_record')
    .select('id')
    .where('data_member_id', '=', dataMember)
    .where('buyer_member_id', '=', buyer)
    .executeTakeFirst();
}

export async function isEnabled(db: CatalogReader, buyer: number, dataMember: number): Promise<boolean> {
  const row = await db
    .selectFrom('data_buyer_provider')
    .select('id')
    .where('buyer_member_id', '=', buyer)
    .where('data_provider_member_id', '=', dataMember)
    .where('active', '=', 1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Of these ids those that exist as segments of the member, with their level. */
export async function segmentsOf(
  db: CatalogReader,
  member: number,
  ids: readonly number[],
): Promise<Map<number, { readonly advertiserId: number | null }>> {
  const found = new Map<number, { readonly advertiserId: number | null }>();
  for (const run of runsOf(ids)) {
    const rows = await db
      .selectFrom('segment')
      .select(['id', 'advertiser_id'])
      .where('member_id', '=', member)
      .where('id', 'in', run)
      .execute();
    for (const row of rows) found.set(row.id, { advertiserId: row.advertiser_id });
  }
  return found;
}

const auditOf = (record: SharingRecordTable, exposure: Exposure) => ({
  ...record,
  export_allowed: record.export_allowed === 1,
  segments: exposure.kind === 'all' ? null : [...exposure.segments].sort((a, b) => a - b),
});

async function writeSegments(change: CatalogChange, recordId: number, exposure: Exposure): Promise<void> {
  await change.db.deleteFrom('sharing_record_segment').where('record_id', '=', recordId).execute();
  if (exposure.kind === 'all') return;
  for (const run of runsOf(exposure.segments)) {
    const rows = run.map((segment) => ({ record_id: recordId, segment_id: segment }));
    await change.db.insertInto('sharing_record_segment').values(rows).execute();
  }
}

export async function insertRecord(
  change: CatalogChange,
  record: { readonly dataMember: number; readonly buyer: number; readonly exposure: Exposure; readonly exportAllowed: boolean },
): Promise<number> {
  const id = await change.newIds('sharing_record');
  const row: SharingRecordTable = {
    id,
    data_member_id: record.dataMember,
    buyer_member_id: record.buyer,
    segment_exposure: record.exposure.kind,
    export_allowed: Number(record.exportAllowed),
    last_modified: change.nowMs,
  };
  await change.db.insertInto('sharing_record').values(row).execute();
  await writeSegments(change, id, record.exposure);
  change.record({
    objectType: 'member_data_sharing',
    objectId: id,
    memberId: record.dataMember,
    before: null,
    after: auditOf(row, record.exposure),
  });
  change.touch('sharing_record', id);
  return id;
}

export const exposureOf = (record: SharingRecord): Exposure =>
  record.segments === null ? { kind: 'all' } : { kind: 'list', segments: record.segments.map((segment) => segment.id) };

export async function updateRecord(
  change: CatalogChange,
  before: SharingRecord,
  exposure: Exposure,
  exportAllowed: boolean,
): Promise<void> {
  const { segments: _list, ...row } = before;
  const after = { ...row, segment_exposure: exposure.kind, export_allowed: Number(exportAllowed), last_modified: change.nowMs };
  await change.db.updateTable('sharing_record').set(after).where('id', '=', row.id).execute();
  await writeSegments(change, row.id, exposure);
  change.record({
    objectType: 'member_data_sharing',
    objectId: row.id,
    memberId: row.data_member_id,
    before: auditOf(row, exposureOf(before)),
    after: auditOf(after, exposure),
  });
  change.touch('sharing_record', row.id);
}

export async function deleteRecord(change: CatalogChange, record: SharingRecord): Promise<void> {
  const { segments: _list, ...row } = record;
  await change.db.deleteFrom('sharing_record_segment').where('record_id', '=', row.id).execute();
  await change.db.deleteFrom('sharing_record').where('id', '=', row.id).execute();
  change.record({
    objectType: 'member_data_sharing',
    objectId: row.id,
    memberId: row.data_member_id,
    before: auditOf(row, exposureOf(record)),
    after: null,
  });
  change.touch('sharing_record', row.id);
}

/** Takes deleted segments off all lists. The lists' own records stay, and each tells of it in the audit trail. */
export async function dropFromLists(change: CatalogChange, segmentIds: readonly number[]): Promise<void> {
  const listing = new Set<number>();
  for (const run of runsOf(segmentIds)) {
    const rows = await change.db
      .selectFrom('sharing_record_segment')
      .select('record_id')
      .distinct()
      .where('segment_id', 'in', run)
      .execute();
    for (const row of rows) listing.add(row.record_id);
  }
  if (listing.size === 0) return;
  const before = await readRecords(change.db, [...listing]);
  for (const run of runsOf(segmentIds)) await change.db.deleteFrom('sharing_record_segment').where('segment_id', 'in', run).execute();
  const gone = new Set(segmentIds);
  for (const { segments, ...row } of before) {
    const ids = segments?.map((segment) => segment.id) ?? [];
    const left = ids.filter((id) => !gone.has(id));
    change.record({
      objectType: 'member_data_sharing',
      objectId: row.id,
      memberId: row.data_member_id,
      before: auditOf(row, { kind: 'list', segments: ids }),
      after: auditOf(row, { kind: 'list', segments: left }),
    });
    change.touch('sharing_record', row.id);
  }
}

/** These segments by the member that owns them. */
export async function ownersOf(db: CatalogReader, segmentIds: readonly number[]): Promise<Map<number, number[]>> {
  const owners = new Map<number, number[]>();
  for (const run of runsOf(segmentIds)) {
    const rows = await db.selectFrom('segment').select(['id', 'member_id']).where('id', 'in', run).orderBy('id').execute();
    for (const row of rows) {
      const own = owners.get(row.member_id);
      if (own) own.push(row.id);
      else owners.set(row.member_id, [row.id]);
    }
  }
  return owners;
}

/** A record that lists the segment, if there is one. */
export async function recordListing(db: CatalogReader, segmentId: number): Promise<number | undefined> {
  const row = await db.selectFrom('sharing_record_segment').select('record_id').where('segment_id', '=', segmentId).executeTakeFirst();
  return row?.record_id;
}
