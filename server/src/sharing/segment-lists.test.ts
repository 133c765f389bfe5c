import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { type Random, seededRandom, testSeed } from '../../test/random.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../test/temporary-catalog.ts';
import { fold } from '../kit/fold.ts';
import type { ListField, ListFilter, ListQuery, Scalar } from '../kit/list-query.ts';
import { insertMember } from '../members/store/member-store.ts';
import { emptySegment } from '../segments/segment.ts';
import {
  deleteSegment,
  insertSegment,
  listSegments,
  type SeenSegment,
  segmentFields,
  segmentRow,
  updateSegment,
} from '../segments/store/segment-store.ts';
import type { CatalogChange, ChangeContext } from '../storage/sql/catalog-change.ts';
import type { SegmentTable } from '../storage/sql/catalog-schema.ts';
import { sharingHooks as hooks } from './sharing-hooks.ts';
import { dropFromLists, insertRecord } from './store/sharing-store.ts';

const nobody: ChangeContext = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
const noon = Date.UTC(2026, 0, 15, 12);
/** `all` and `more` share everything with the buyer, `some` a list, `off` is not enabled by it. */
const members = { buyer: 1, all: 2, more: 3, some: 4, off: 5 } as const;
const memberIds = [1, 2, 3, 4, 5] as const;
/** More than are read as few, for everybody. */
const segmentsOfMember = { 1: 700, 2: 900, 3: 60, 4: 700, 5: 30 } as const;
const listedIds = new Set<number>();
const seed = testSeed();

const pieces = ['é', 'ß', 'İ', 'a', 'b', 'A', '%', '_', '\\', '"', "'", ' ', '1', '23', '😀', 'σς', 'page'] as const;
const textOf = (random: Random, longest: number): string =>
  Array.from({ length: random.whole(0, longest) }, () => random.of(pieces)).join('');

function randomRow(random: Random, id: number, member: number): SegmentTable {
  const content = {
    ...emptySegment,
    code: random.chance(0.3) ? null : `${textOf(random, 3)}c${id}`,
    short_name: random.chance(0.2) ? null : textOf(random, 5),
    description: random.chance(0.5) ? null : textOf(random, 3),
    state: random.of(['active', 'active', 'inactive'] as const),
    advertiser_id: random.chance(0.1) && !listedIds.has(id) ? member : null,
    expire_minutes: random.chance(0.5) ? null : random.whole(0, 3),
  };
  return segmentRow(id, member, content, noon + random.whole(0, 9000));
}

let opened: TemporaryCatalog;
beforeAll(async () => {
  opened = await temporaryCatalog(new StandingClock());
  const random = seededRandom(seed);
  await opened.catalog.change(nobody, (change) => fill(change, random));
});
afterAll(() => opened.remove());

async function fill(change: CatalogChange, random: Random): Promise<void> {
  const { buyer, off, some } = members;
  for (const id of memberIds) {
    await insertMember(change, { id, name: `Member ${id}`, primary_type: 'data_provider' });
    const text = { name: 'a', name_folded: 'a', code: null, code_folded: null, state: 'active' };
    await change.db
      .insertInto('advertiser')
      .values({ id, member_id: id, last_modified: 0, ...text })
      .execute();
  }
  const owners = memberIds.flatMap((id) => Array.from({ length: segmentsOfMember[id] }, () => id));
  for (const [at, owner] of owners.entries()) if (owner === some && at % 2 === 0) listedIds.add(at + 1);
  const rows = owners.map((owner, at) => randomRow(random, at + 1, owner));
  for (let at = 0; at < rows.length; at += 100)
    await change.db
      .insertInto('segment')
      .values(rows.slice(at, at + 100))
      .execute();
  await change.reserveIds('segment', rows.length);
  for (const dataMember of memberIds.filter((id) => id !== buyer)) {
    const exposure = dataMember === some ? { kind: 'list' as const, segments: [...listedIds] } : { kind: 'all' as const };
    await insertRecord(change, { dataMember, buyer, exposure, exportAllowed: false });
    const enabled = { id: dataMember, buyer_member_id: buyer, data_provider_member_id: dataMember, last_modified: 0 };
    await change.db
      .insertInto('data_buyer_provider')
      .values({ ...enabled, active: Number(dataMember !== off) })
      .execute();
  }
}

/** The same list, told from all rows one by one. */
function slowList(rows: readonly SegmentTable[], member: number | null, query: ListQuery): { ids: number[]; count: number } {
  const isShared = ({ member_id: owner, advertiser_id: advertiser, id }: SegmentTable): boolean =>
    advertiser === null && (owner === members.all || owner === members.more || (owner === members.some && listedIds.has(id)));
  const isSeen = (row: SegmentTable): boolean => member === null || row.member_id === member || (member === members.buyer && isShared(row));
  const provided = (row: SegmentTable): SeenSegment => {
    const isForeign = member !== null && row.member_id !== member;
    return { ...row, provider_id: isForeign ? row.member_id : null, provider: isForeign ? `Member ${row.member_id}` : null };
  };
  const found = rows
    .filter(isSeen)
    .map(provided)
    .filter((row) => query.filters.every((filter) => passes(row, filter)) && (query.search === null || isFound(row, query.search)))
    .sort((a, b) => compareBy(a, b, [...query.sort, { field: 'id', descending: false }]));
  return { ids: found.slice(query.startElement, query.startElement + query.numElements).map(({ id }) => id), count: found.length };
}

type Value = string | number | null;
const valueOf = (row: SeenSegment, field: string): Value => row[field as keyof SeenSegment];
const fieldNamed = (name: string): ListField => segmentFields[name] ?? { type: 'int' };
const isFound = (row: SeenSegment, text: string): boolean => ['id', 'code', 'short_name'].some((field) => holds(row, field, text));
const holds = (row: SeenSegment, field: string, text: string): boolean => {
  const value = valueOf(row, field);
  return value !== null && fold(String(value)).includes(fold(text));
};

function passes(row: SeenSegment, filter: ListFilter): boolean {
  const { type, ignoresCase } = fieldNamed(filter.field);
  if (filter.is === 'like') return holds(row, filter.field, filter.value);
  const shown = (value: Value): Value => (type === 'timestamp' && typeof value === 'number' ? value - (value % 1000) : value);
  const compared = (value: Scalar): Scalar => (ignoresCase ? fold(String(value)) : value);
  const value = shown(valueOf(row, filter.field));
  if ('values' in filter) {
    const isIn = value !== null && filter.values.map(compared).includes(compared(value));
    return isIn === (filter.is === 'in');
  }
  if (value === null) return filter.orNull;
  return filter.is === 'min' ? Number(value) >= filter.value : Number(value) <= filter.value;
}

function compareBy(a: SeenSegment, b: SeenSegment, sort: ListQuery['sort']): number {
  for (const { field, descending } of sort) {
    const order = compare(valueOf(a, field), valueOf(b, field));
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

/** Nulls first; text by its bytes. */
function compare(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return typeof a === 'number' && typeof b === 'number' ? a - b : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

const sortable = ['id', 'code', 'short_name', 'state', 'member_id', 'expire_minutes', 'provider_id', 'provider', 'last_modified'] as const;

function randomFilter(random: Random, rows: readonly SegmentTable[]): ListFilter {
  const row = rows[random.whole(0, rows.length - 1)] ?? randomRow(random, 1, 1);
  const second = noon + 1000 * random.whole(-1, 10);
  const is = random.of(['in', 'not-in'] as const);
  const bound = random.of(['min', 'max'] as const);
  return random.of<ListFilter>([
    { field: 'id', is, values: Array.from({ length: random.whole(1, 150) }, () => random.whole(1, rows.length)) },
    { field: 'code', is, values: [(row.code ?? 'x').toUpperCase(), 'nosuch'] },
    { field: 'short_name', is, values: [row.short_name ?? ''] },
    { field: 'state', is, values: [random.of(['active', 'inactive', 'odd'])] },
    { field: 'member_id', is, values: [random.of(memberIds)] },
    { field: 'provider_id', is, values: [random.of(memberIds), 4] },
    { field: 'last_modified', is, values: [second, second + 2000] },
    { field: 'last_modified', is: bound, value: second, orNull: false },
    { field: 'expire_minutes', is: bound, value: random.whole(0, 3), orNull: random.chance(0.5) },
    { field: 'id', is: bound, value: random.whole(0, rows.length), orNull: false },
    { field: random.of(['id', 'code', 'short_name', 'description', 'provider']), is: 'like', value: searched(random, row) },
  ]);
}

/** A piece of a name that is there, or any text. */
function searched(random: Random, { id, short_name: name }: SegmentTable): string {
  const characters = [...(random.chance(0.3) ? String(id) : (name ?? ''))];
  const start = random.whole(0, characters.length);
  return random.chance(0.2) ? textOf(random, 3) : characters.slice(start, start + random.whole(1, 8)).join('');
}

function randomQuery(random: Random, rows: readonly SegmentTable[]): ListQuery {
  const row = rows[random.whole(0, rows.length - 1)] ?? randomRow(random, 1, 1);
  return {
    filters: Array.from({ length: random.of([0, 0, 1, 1, 2]) }, () => randomFilter(random, rows)),
    search: random.chance(0.2) ? searched(random, row) : null,
    sort: Array.from({ length: random.of([0, 1, 1, 2]) }, () => ({ field: random.of(sortable), descending: random.chance(0.5) })),
    startElement: random.chance(0.4) ? 0 : random.whole(0, 2400),
    numElements: random.of([100, 100, 10, 1, 0]),
  };
}

describe(`lists of segments are what a look at every row tells (seed ${seed})`, () => {
  const random = seededRandom(seed + 1);

  async function expectSameLists(queries: (rows: readonly SegmentTable[]) => ListQuery, times: number): Promise<void> {
    const { read } = opened.catalog;
    const rows = await read.selectFrom('segment').selectAll().execute();
    for (let at = 0; at < times; at++) {
      const query = queries(rows);
      for (const member of [members.buyer, members.all, members.off, null]) {
        const { rows: found, count } = await listSegments(read, { member, includeShared: true, hooks }, query);
        expect({ member, query, ids: found.map(({ id }) => id), count }).toEqual({ member, query, ...slowList(rows, member, query) });
      }
    }
  }
  const anyQuery = (rows: readonly SegmentTable[]): ListQuery => randomQuery(random, rows);

  it('of random segments', () => expectSameLists(anyQuery, 60));

  it('after random changes of them', async () => {
    const { catalog } = opened;
    for (let at = 0; at < 40; at++)
      await catalog.change(nobody, async (change) => {
        const before = await change.db.selectFrom('segment').selectAll().where('id', '=', random.whole(1, 2000)).executeTakeFirst();
        await insertSegment(change, randomRow(random, await change.newIds('segment'), random.of(memberIds)));
        if (!before) return;
        if (random.chance(0.4)) return updateSegment(change, before, randomRow(random, before.id, before.member_id));
        const name = { short_name: `Newly named ${before.id}`, short_name_folded: `newly named ${before.id}` };
        if (random.chance(0.6)) return updateSegment(change, before, { ...before, ...name });
        await dropFromLists(change, [before.id]);
        await deleteSegment(change, before);
      });
    await expectSameLists(anyQuery, 20);
    await expectSameLists((rows) => ({ ...randomQuery(random, rows), filters: [], search: 'newly' }), 3);
  });

  it('and their counts are those of the rows', async () => {
    const { read } = opened.catalog;
    const counted = await read
      .selectFrom('segment')
      .select(({ fn }) => ['member_id', 'state', fn.countAll<number>().as('segments')])
      .select(({ fn }) => fn.countAll<number>().filterWhere('advertiser_id', 'is', null).as('of_member_level'))
      .groupBy(['member_id', 'state'])
      .orderBy('member_id')
      .orderBy('state')
      .execute();
    const kept = read
      .selectFrom('segment_count')
      .select(({ fn }) => ['member_id', 'state', fn.sum<number>('segments').as('segments')])
      .select(({ fn }) => fn.sum<number>('of_member_level').as('of_member_level'))
      .groupBy(['member_id', 'state'])
      .having(({ fn }) => fn.sum('segments'), '>', 0);
    expect(await kept.orderBy('member_id').orderBy('state').execute()).toEqual(counted);
  });
});
