import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../kit/refusal.ts';
import { readObject, requireFields } from './read-object.ts';

const schema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  count: Type.Integer({ minimum: 0, maximum: 1000 }),
  parent: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  name: Type.String({ maxLength: 5 }),
  note: Type.Union([Type.String({ pattern: "^[^']*$", patternFault: 'must hold no apostrophe' }), Type.Null()]),
  on: Type.Boolean(),
  state: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
  code: Type.String({ castsNumbers: true }),
  list: Type.Array(Type.Object({ id: Type.Integer({ minimum: 1 }) }, { required: ['id'] })),
});

function read(value: object): { result: object; warnings: string[] } {
  const warnings: string[] = [];
  return { result: readObject(schema, value as Record<string, unknown>, 'thing', warnings), warnings };
}

function fault(value: object): string {
  try {
    read(value);
  } catch (error) {
    if (error instanceof Refusal && error.kind.errorId === 'SYNTAX' && error.kind.status === 400) return error.message;
    throw error;
  }
  throw new Error(`${JSON.stringify(value)} was read`);
}

describe('what fits', () => {
  it.each([
    [{ count: 5 }, { count: 5 }],
    [{ count: '5' }, { count: 5 }],
    [{ count: '007' }, { count: 7 }],
    [{ count: 5.0 }, { count: 5 }],
    [{ parent: null }, { parent: null }],
    [{ parent: '12' }, { parent: 12 }],
    [{ name: '' }, { name: '' }],
    [{ name: '𝒳𝒳𝒳𝒳𝒳' }, { name: '𝒳𝒳𝒳𝒳𝒳' }],
    [{ note: null }, { note: null }],
    [{ on: false }, { on: false }],
    [{ state: 'inactive' }, { state: 'inactive' }],
    [{ code: 12 }, { code: '12' }],
    [{ list: [{ id: '3' }] }, { list: [{ id: 3 }] }],
    [{ list: [] }, { list: [] }],
    [{}, {}],
  ])('%o', (sent, result) => expect(read(sent)).toEqual({ result, warnings: [] }));
});

describe('what does not fit is refused with the path of the field', () => {
  it.each([
    [{ count: 1.5 }, 'thing.count must be an integer, not 1.5'],
    [{ count: '1.5' }, "thing.count must be an integer, not '1.5'"],
    [{ count: ' 5' }, "thing.count must be an integer, not ' 5'"],
    [{ count: '5a' }, "thing.count must be an integer, not '5a'"],
    [{ count: '' }, "thing.count must be an integer, not ''"],
    [{ count: true }, 'thing.count must be an integer, not a boolean'],
    [{ count: null }, 'thing.count must be an integer, not null'],
    [{ count: [1] }, 'thing.count must be an integer, not an array'],
    [{ count: -1 }, 'thing.count must be 0 or more, not -1'],
    [{ count: '-1' }, 'thing.count must be 0 or more, not -1'],
    [{ count: 1001 }, 'thing.count must be 1000 or less, not 1001'],
    [{ count: 2 ** 60 }, 'thing.count must be an integer'],
    [{ parent: 0 }, 'thing.parent must be 1 or more, not 0'],
    [{ name: 5 }, 'thing.name must be a string, not a number'],
    [{ name: 'abcdef' }, 'thing.name must not be longer than 5 characters'],
    [{ name: 'a\0' }, 'thing.name must not hold zero characters'],
    [{ name: '\ud800' }, 'halves of surrogate pairs'],
    [{ note: "it's" }, 'thing.note must hold no apostrophe'],
    [{ on: 'true' }, 'thing.on must be true or false, not a string'],
    [{ on: 1 }, 'thing.on must be true or false, not a number'],
    [{ on: null }, 'thing.on must be true or false, not null'],
    [{ state: 'gone' }, 'thing.state must be one of active, inactive'],
    [{ state: null }, 'thing.state must be one of active, inactive'],
    [{ code: 1.5 }, 'thing.code must be a string, not a number'],
    [{ list: { id: 1 } }, 'thing.list must be an array, not an object'],
    [{ list: [1] }, 'thing.list[0] must be an object, not a number'],
    [{ list: [{ id: 1 }, {}] }, 'thing.list[1].id is required'],
    [{ list: [{ id: 'x' }] }, "thing.list[0].id must be an integer, not 'x'"],
  ])('%o', (sent, text) => expect(fault(sent)).toContain(text));
});

describe('what is passed over is named', () => {
  it('read-only fields', () => expect(read({ id: 5 })).toEqual({ result: {}, warnings: ['thing.id is read-only and was ignored'] }));
  it('unknown fields, cut where they are long', () => {
    expect(read({ [`x${'y'.repeat(100)}`]: 1 }).warnings[0]).toMatch(/^thing\.xy{39}… is unknown and was ignored$/);
  });
  it('names that every object has', () => {
    const sent = JSON.parse('{"__proto__":{"count":1},"constructor":1,"toString":2}') as object;
    const { result, warnings } = read(sent);
    expect(result).toEqual({});
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(warnings).toHaveLength(3);
  });
  it('inside of lists', () =>
    expect(read({ list: [{ id: 1, name: 'x' }] }).warnings).toEqual(['thing.list[0].name is unknown and was ignored']));
});

it('a field that is required and absent is refused', () => {
  expect(() => requireFields({ a: null }, ['a'], 'thing')).not.toThrow();
  expect(() => requireFields({}, ['a'], 'thing')).toThrow('thing.a is required');
});
