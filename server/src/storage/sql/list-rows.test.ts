import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandingClock } from '../../../test/platform-server.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../test/temporary-catalog.ts';
import { fold } from '../../kit/fold.ts';
import type { ListFields, ListFilter, ListQuery } from '../../kit/list-query.ts';
import type { Catalog } from './catalog.ts';
import { listRows } from './list-rows.ts';

const fields: ListFields = {
  id: { type: 'int', column: 'advertiser.id', search: true },
  name: { type: 'string', column: 'advertiser.name', foldedColumn: 'advertiser.name_folded', search: true },
  code: { type: 'string', column: 'advertiser.code', foldedColumn: 'advertiser.code_folded', search: true, ignoresCase: true },
  state: { type: 'enum', column: 'advertiser.state' },
  last_modified: { type: 'timestamp', column: 'advertiser.last_modified' },
  dead: { type: 'int', constant: 0 },
  empty: { type: 'enum', constant: null },
};

/** id, name, code, state, milliseconds after the second `noon`. */
const noon = Date.UTC(2026, 0, 15, 12);
const rows: readonly [number, string, string | null, string, number][] = [
  [1, 'Éclair', 'AB', 'active', 0],
  [2, 'éclair 2', null, 'active', 400],
  [3, 'Straße', 'ab_c', 'inactive', 999],
  [4, 'STRASSE 100%', 'abXc', 'active', 1000],
  [5, 'back\\slash', null, 'inactive', 1500],
  [12, 'İstanbul', 'ΟΔΟΣ', 'active', 2000],
];

let opened: TemporaryCatalog;
let catalog: Catalog;
beforeAll(async () => {
  opened = await temporaryCatalog(new StandingClock());
  ({ catalog } = opened);
  await catalog.read.insertInto('member').values(memberRow).execute();
  for (const [id, name, code, state, ms] of rows) {
    const folded = { name_folded: fold(name), code_folded: code && fold(code) };
    await catalog.read
      .insertInto('advertiser')
      .values({ id, member_id: 1, name, code, state, last_modified: noon + ms, ...folded })
      .execute();
  }
});
afterAll(() => opened.remove());

const memberRow = {
  id: 1,
  name: 'M',
  name_folded: 'm',
  state: 'active',
  primary_type: 'buyer',
  platform_exposure: 'public',
  timezone: 'UTC',
  default_currency: 'USD',
  externally_integrated_dsp: 0,
  last_modified: 0,
};

async function list(query: Partial<ListQuery>): Promise<{ ids: number[]; count: number }> {
  const all = { filters: [], search: null, sort: [], startElement: 0, numElements: 100, ...query };
  const found = await listRows(catalog.read.selectFrom('advertiser').selectAll(), fields, all);
  return { ids: found.rows.map((row) => row.id), count: found.count };
}
const filtered = async (filter: ListFilter): Promise<number[]> => (await list({ filters: [filter] })).ids;

describe('order', () => {
  it('is by id without a wish', async () => expect((await list({})).ids).toEqual([1, 2, 3, 4, 5, 12]));
  it.each([
    ['nulls first when ascending, ties by id', [{ field: 'code', descending: false }], [2, 5, 1, 4, 3, 12]],
    ['nulls last when descending, ties by id', [{ field: 'code', descending: true }], [12, 3, 4, 1, 2, 5]],
    [
      'several keys',
      [
        { field: 'state', descending: true },
        { field: 'id', descending: true },
      ],
      [5, 3, 12, 4, 2, 1],
    ],
    ['a field that is the same everywhere', [{ field: 'dead', descending: true }], [1, 2, 3, 4, 5, 12]],
  ])('%s', async (_what, sort, ids) => expect((await list({ sort })).ids).toEqual(ids));
});

describe('pages', () => {
  it('count all matches', async () => expect(await list({ startElement: 1, numElements: 2 })).toEqual({ ids: [2, 3], count: 6 }));
  it('are empty past the end', async () => expect(await list({ startElement: 6 })).toEqual({ ids: [], count: 6 }));
  it('are empty when nothing is wanted', async () => expect(await list({ numElements: 0 })).toEqual({ ids: [], count: 6 }));
});

describe('filters', () => {
  it.each<[string, ListFilter, number[]]>([
    ['one of', { field: 'id', is: 'in', values: [1, 3, 99] }, [1, 3]],
    ['text, case included', { field: 'name', is: 'in', values: ['éclair'] }, []],
    ['a code, whatever its case', { field: 'code', is: 'in', values: ['οδος', 'Ab'] }, [1, 12]],
    ['none of a list, nulls are none', { field: 'code', is: 'not-in', values: ['AB'] }, [2, 3, 4, 5, 12]],
    ['at least', { field: 'id', is: 'min', value: 4, orNull: false }, [4, 5, 12]],
    ['at most', { field: 'id', is: 'max', value: 2, orNull: false }, [1, 2]],
    ['times by the second that is shown', { field: 'last_modified', is: 'in', values: [noon] }, [1, 2, 3]],
    ['times up to a second, the whole of it', { field: 'last_modified', is: 'max', value: noon + 1000, orNull: false }, [1, 2, 3, 4, 5]],
    ['times from a second on', { field: 'last_modified', is: 'min', value: noon + 1000, orNull: false }, [4, 5, 12]],
    ['not a time', { field: 'last_modified', is: 'not-in', values: [noon, noon + 1000] }, [12]],
    ['a number that is the same everywhere', { field: 'dead', is: 'in', values: [0] }, [1, 2, 3, 4, 5, 12]],
    ['and another number', { field: 'dead', is: 'min', value: 1, orNull: false }, []],
    ['what is null everywhere', { field: 'empty', is: 'in', values: ['x'] }, []],
    ['and is none of a list', { field: 'empty', is: 'not-in', values: ['x'] }, [1, 2, 3, 4, 5, 12]],
  ])('%s', async (_what, filter, ids) => expect(await filtered(filter)).toEqual(ids));
});

describe('like contains text', () => {
  it.each<[string, string, number[]]>([
    ['name', 'ÉCLAIR', [1, 2]],
    ['name', 'strasse', [3, 4]],
    ['name', 'aß', [3, 4]],
    ['name', '%', [4]],
    ['name', '100%', [4]],
    ['name', '_', []],
    ['name', '\\', [5]],
    ['name', 'k\\s', [5]],
    ['name', 'İST', [12]],
    ['code', 'B_', [3]],
    ['code', 'δος', [12]],
    ['id', '2', [2, 12]],
    ['state', 'INACT', [3, 5]],
    ['name', '', [1, 2, 3, 4, 5, 12]],
    ['code', '', [1, 3, 4, 12]],
  ])('%s like %s', async (field, value, ids) => expect(await filtered({ field, is: 'like', value })).toEqual(ids));
});

describe('search', () => {
  it.each([
    ['1', [1, 4, 12]],
    ['AB', [1, 3, 4]],
    ['nosuch', []],
    ["'; drop table advertiser; --", []],
  ])('%s', async (search, ids) => expect((await list({ search })).ids).toEqual(ids));
  it('and filters both hold', async () => {
    expect((await list({ search: 'ab', filters: [{ field: 'state', is: 'in', values: ['active'] }] })).ids).toEqual([1, 4]);
  });
});

it('thousands of ids can be asked for at once', async () => {
  expect(await filtered({ field: 'id', is: 'in', values: Array.from({ length: 5000 }, (_, i) => i) })).toEqual([1, 2, 3, 4, 5, 12]);
});
