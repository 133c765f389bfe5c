import { describe, expect, it } from 'vitest';
import type { ListFields } from '../kit/list-query.ts';
import { Refusal } from '../kit/refusal.ts';
import { describeFields, readListRequest, trimmed } from './list-parameters.ts';
import { Parameters } from './parameters.ts';

const fields: ListFields = {
  id: { type: 'int', column: 't.id' },
  code: { type: 'string', column: 't.code' },
  state: { type: 'enum', column: 't.state' },
  on: { type: 'bool', column: 't.on' },
  made: { type: 'timestamp', column: 't.made' },
  dead: { type: 'int', constant: 0 },
  empty: { type: 'enum', constant: null },
  mapping: { type: 'string' },
};

const read = (query: string) => readListRequest(new Parameters(query), fields);

describe('filters', () => {
  it.each([
    ['id=1,2', { field: 'id', is: 'in', values: [1, 2] }],
    ['id=1,+2', { field: 'id', is: 'in', values: [1, 2] }],
    ['code=a,+b', { field: 'code', is: 'in', values: ['a', ' b'] }],
    ['on=True', { field: 'on', is: 'in', values: [true] }],
    ['on=0', { field: 'on', is: 'in', values: [false] }],
    ['not_state=a,b', { field: 'state', is: 'not-in', values: ['a', 'b'] }],
    ['min_id=3', { field: 'id', is: 'min', value: 3, orNull: false }],
    ['max_id=-3', { field: 'id', is: 'max', value: -3, orNull: false }],
    ['nmin_id=3', { field: 'id', is: 'min', value: 3, orNull: true }],
    ['nmax_made=2026-01-01+00:00:00', { field: 'made', is: 'max', value: Date.UTC(2026, 0, 1), orNull: true }],
    ['made=2026-01-01%2000:00:00', { field: 'made', is: 'in', values: [Date.UTC(2026, 0, 1)] }],
    ['like_code=%25_', { field: 'code', is: 'like', value: '%_' }],
    ['like_id=12', { field: 'id', is: 'like', value: '12' }],
    ['like_state=act', { field: 'state', is: 'like', value: 'act' }],
    ['dead=0', { field: 'dead', is: 'in', values: [0] }],
    ['not_empty=x', { field: 'empty', is: 'not-in', values: ['x'] }],
  ])('%s', (query, filter) => {
    const asked = read(query);
    expect(asked.filters).toEqual([filter]);
    expect(asked.filtered).toBe(true);
  });

  it.each([
    'nosuch=1',
    'min_code=a',
    'like_on=t',
    'like_made=2',
    'mapping=x',
    'having_id=1',
    'not_nosuch=1',
    '__proto__=1',
    'min___proto__=1',
  ])('%s is none, and stays unread', (query) => {
    const parameters = new Parameters(query);
    expect(readListRequest(parameters, fields).filters).toEqual([]);
    expect(parameters.unread()).toHaveLength(1);
  });

  it.each(['id=a', 'id=', 'id=1.5', 'on=maybe', 'min_id=x', 'made=yesterday', 'min_made=2026-01-01', 'max_made=2026-02-30+00:00:00'])(
    '%s is refused',
    (query) => expect(() => read(query)).toThrow(Refusal),
  );
});

describe('paging', () => {
  it.each([
    ['', 0, 100, false],
    ['start_element=5', 5, 100, true],
    ['num_elements=7', 0, 7, true],
    ['num_elements=0', 0, 0, true],
    ['num_elements=500&start_element=1', 1, 100, true],
  ])('%s', (query, startElement, numElements, paged) => expect(read(query)).toMatchObject({ startElement, numElements, paged }));
  it('has the default of the service', () => expect(readListRequest(new Parameters(''), fields, 25).numElements).toBe(25));
  it.each(['start_element=-1', 'start_element=a', 'num_elements=', 'num_elements=1.5'])('%s is refused', (query) => {
    expect(() => read(query)).toThrow(Refusal);
  });
});

describe('sort', () => {
  it.each([
    ['sort=id', [{ field: 'id', descending: false }]],
    [
      'sort=id.desc,code.ASC',
      [
        { field: 'id', descending: true },
        { field: 'code', descending: false },
      ],
    ],
    ['sort=', []],
    ['sort=dead.desc', [{ field: 'dead', descending: true }]],
  ])('%s', (query, sort) => expect(read(query).sort).toEqual(sort));
  it.each(['sort=nosuch', 'sort=mapping', 'sort=id.up', 'sort=id.desc.desc', 'sort=id,', 'sort=constructor', 'sort=__proto__'])(
    '%s is refused',
    (query) => expect(() => read(query)).toThrow(Refusal),
  );
});

it('fields cuts objects to what is asked, and filters on hidden fields still work', () => {
  const asked = read('fields=id,+code&state=active');
  expect(asked.filters).toHaveLength(1);
  expect(trimmed({ id: 1, code: 'a', state: 'active' }, asked.shown)).toEqual({ id: 1, code: 'a' });
});

it('meta tells what sorts and filters', () => {
  const described = describeFields(fields);
  expect(described.find((field) => field.name === 'dead')).toEqual({ name: 'dead', type: 'int', sort_by: true, filter_by: true });
  expect(described.find((field) => field.name === 'mapping')).toMatchObject({ sort_by: false, filter_by: false });
});
