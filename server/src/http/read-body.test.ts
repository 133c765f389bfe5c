import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../kit/refusal.ts';
import { readContainer, readJsonObject, readOne } from './read-body.ts';

const body = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function refused(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error('nothing was refused');
}

describe('a body that is no JSON object is refused without being shown', () => {
  it.each([
    ['', 'empty'],
    ['{', 'line 1, column 2'],
    ['{"a":', 'ends too early'],
    ['{"password":"Secret-1" x}', 'line 1, column 24'],
    ['[1]', 'not an array'],
    ['"text"', 'not a string'],
    ['null', 'not null'],
    ['a=b', 'not JSON'],
  ])('%s', (text, fault) => {
    const { kind, message } = refused(() => readJsonObject(body(text)));
    expect(kind.errorId).toBe('SYNTAX');
    expect(message).toContain(fault);
    expect(message).not.toContain('Secret');
  });
  it('bytes that are not UTF-8', () => {
    expect(refused(() => readJsonObject(Buffer.from('{"a":"\xe9"}', 'latin1'))).message).toContain('not UTF-8');
  });
});

describe('a container', () => {
  const read = (value: object) => readContainer(body(value), 'data_thing', 'data_things', []);
  it('is one object under the singular key', () => expect(read({ data_thing: { a: 1 } })).toEqual({ form: 'one', object: { a: 1 } }));
  it('is several under the plural key', () => expect(read({ data_things: [{}] })).toEqual({ form: 'many', objects: [{}] }));
  it.each(['data-thing', 'data_thing'])('%s: - and _ are equal', (key) => expect(read({ [key]: {} }).form).toBe('one'));
  it.each(['data-things', 'data_things'])('%s: - and _ are equal', (key) => expect(read({ [key]: [{}] }).form).toBe('many'));
  it.each([
    [{ data_thing: [{}] }, "'data_thing' must be an object, not an array"],
    [{ data_things: {} }, "'data_things' must be an array, not an object"],
    [{ data_things: [] }, "'data_things' must not be empty"],
    [{ data_things: [{}, 5] }, 'data_things[1] must be an object, not a number'],
    [{ data_thing: {}, data_things: [{}] }, 'not both'],
    [{ data_thing: {}, 'data-thing': {} }, 'not both'],
    [{ thing: {} }, "must hold the key 'data_thing'"],
    [{}, "must hold the key 'data_thing'"],
    [{ data_thing: null }, "'data_thing' must be an object, not null"],
  ])('%o is refused', (value, fault) => {
    const { kind, message } = refused(() => read(value));
    expect(kind.status).toBe(400);
    expect(message).toContain(fault);
  });
  it('takes so many objects at most', () => {
    const { kind } = refused(() => read({ data_things: Array.from({ length: 10_001 }, () => ({})) }));
    expect(kind).toMatchObject({ errorId: 'LIMIT', status: 409 });
  });
  it('names other keys', () => {
    const warnings: string[] = [];
    readContainer(body({ data_thing: {}, extra: 1 }), 'data_thing', 'data_things', warnings);
    expect(warnings).toEqual(["The body's key 'extra' is unknown and was ignored"]);
  });
  it('of one object takes no plural', () => {
    expect(refused(() => readOne(body({ auths: [{}] }), 'auth', [])).message).toContain("one object under 'auth'");
  });
});
