import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../kit/refusal.ts';
import { parseExactly } from './exact-json.ts';
import { type FieldFault, readExchangeBody } from './read-exchange-body.ts';

const schema = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 5 }),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  id: Type.Optional(Type.Union([Type.Integer(), Type.String({ pattern: '^s', patternFault: 'must begin with s' }), Type.Null()])),
  kind: Type.Optional(Type.Union([Type.Literal('A'), Type.Literal('B')])),
  on: Type.Optional(Type.Boolean()),
  fixed: Type.Optional(Type.Literal('x')),
  nothing: Type.Optional(Type.Null()),
  items: Type.Optional(Type.Array(Type.Object({ to: Type.String() }), { minItems: 1, maxItems: 2 })),
  pairs: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 2 }))),
  open: Type.Optional(Type.Object({}, { additionalProperties: true })),
});

function faultsOf(value: unknown): readonly FieldFault[] {
  try {
    readExchangeBody(schema, value);
  } catch (error) {
    const refused = refusalOf(error);
    if (refused?.kind.name !== 'exchange.invalid') throw error;
    return refused?.details as FieldFault[];
  }
  return [];
}

describe('readExchangeBody', () => {
  it('takes what fits, and changes nothing of it', () => {
    const value = { name: 'Äöü😀x', count: 9, id: null, kind: 'B', on: false, fixed: 'x', nothing: null, items: [{ to: '' }] };
    expect(readExchangeBody(schema, value)).toBe(value);
    expect(faultsOf({ name: 'a', pairs: { any: ['x', 'y'] }, open: { what: 'ever' } })).toEqual([]);
    const long = (field: string) => faultsOf(parseExactly(Buffer.from(`{"name":"a","${field}":8000000000000001152}`)));
    expect([long('id'), long('count').map(({ field }) => field)]).toEqual([[], ['count']]);
  });

  it.each<[unknown, string, RegExp]>([
    [[], '', /object/],
    [null, '', /object/],
    [{}, 'name', /required/],
    [{ name: 1 }, 'name', /string/],
    [{ name: '' }, 'name', /empty/],
    [{ name: 'abcdef' }, 'name', /5 characters/],
    [{ name: 'a\0' }, 'name', /zero/],
    [{ name: '\ud800' }, 'name', /surrogate/],
    [{ name: 'a', count: '1' }, 'count', /integer/],
    [{ name: 'a', count: 1.5 }, 'count', /integer/],
    [{ name: 'a', count: 0 }, 'count', /1 or more/],
    [{ name: 'a', count: 10 }, 'count', /9 or less/],
    [{ name: 'a', id: true }, 'id', /one of an integer, a string, null/],
    [{ name: 'a', id: 'x' }, 'id', /begin with s/],
    [{ name: 'a', kind: 'C' }, 'kind', /one of A, B/],
    [{ name: 'a', on: 1 }, 'on', /true or false/],
    [{ name: 'a', fixed: 'y' }, 'fixed', /must be x/],
    [{ name: 'a', nothing: 0 }, 'nothing', /null/],
    [{ name: 'a', items: {} }, 'items', /array/],
    [{ name: 'a', items: [] }, 'items', /empty/],
    [{ name: 'a', items: [{ to: '' }, { to: '' }, { to: '' }] }, 'items', /2 items/],
    [{ name: 'a', items: [{ to: '' }, { to: 3 }] }, 'items.1.to', /string/],
    [{ name: 'a', items: [{ to: '', from: '' }] }, 'items.0.from', /unknown/],
    [{ name: 'a', pairs: { p: ['x'] } }, 'pairs.p', /2 items/],
    [{ name: 'a', nmae: 'b' }, 'nmae', /unknown/],
    [{ name: 'a', constructor: 1 }, 'constructor', /unknown/],
  ])('%j', (value, field, message) => {
    expect(faultsOf(value)).toEqual([{ field, message: expect.stringMatching(message) as string }]);
  });

  it('tells every problem at once, at most a hundred, and long names shortened', () => {
    expect(faultsOf({ count: 0, items: [{}, { to: 1 }], extra: 1 }).map(({ field }) => field)).toEqual([
      'count',
      'items.0.to',
      'items.1.to',
      'extra',
      'name',
    ]);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, 1]));
    expect(faultsOf({ name: 'a', ...many }).length).toBe(100);
    expect(faultsOf({ name: 'a', ['x'.repeat(1000)]: 1 })[0]?.field.length).toBeLessThan(50);
  });
});
