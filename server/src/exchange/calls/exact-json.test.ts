import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfJson, idOnWire, parseExactly, writeExactly } from './exact-json.ts';

const parse = (text: string) => parseExactly(Buffer.from(text));
const faultOf = (body: Buffer): string => {
  try {
    parseExactly(body);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

describe('parseExactly and writeExactly', () => {
  it('keep every digit of whole numbers', () => {
    const text = '{"a":8000000000000001152,"b":[-9007199254740993,9007199254740991],"c":1.5}';
    expect(parse(text)).toEqual({ a: 8000000000000001152n, b: [-9007199254740993n, 9007199254740991], c: 1.5 });
    expect(writeExactly(parse(text))).toBe(text);
  });

  it('whatever JSON says comes back', () => {
    // Compared as text: whole numbers beyond 2^53 are read as bigints.
    fc.assert(
      fc.property(
        fc.jsonValue().map((value) => JSON.stringify(value)),
        (text) => void expect(writeExactly(parse(text))).toBe(text),
      ),
    );
    fc.assert(fc.property(fc.bigInt(), (value) => void expect(writeExactly(parse(`[${value}]`))).toBe(`[${value}]`)));
  });

  it.each<[string, Buffer, string]>([
    ['empty', Buffer.alloc(0), 'empty'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'UTF-8'],
    ['not JSON', Buffer.from('{\n  "a": tru }'), 'there is a " " where none can be'],
    ['not JSON, with a place', Buffer.from('{\n  a: 1 }'), 'at line 2, column 3'],
    ['cut short', Buffer.from('{"a":'), 'ends too early'],
  ])('refuse a body that is %s, and say so', (_, body, told) => {
    expect(faultOf(body)).toContain(told);
  });
});

describe('hashOfJson', () => {
  const hash = (text: string) => hashOfJson(parse(text));
  it('does not look at the order of members and white space', () => {
    expect(hash('{"a":1,"b":{"c":[1,2],"d":null}}')).toBe(hash(' {"b": {"d":null, "c":[1, 2]}, "a":1 } '));
  });
  it.each([
    ['{"a":1}', '{"a":"1"}'],
    ['[1,2]', '[2,1]'],
    ['{}', '[]'],
    ['{"a":null}', '{}'],
    ['[["{",["a",1]]]', '[{"a":1}]'],
    ['{"a":{"b":1}}', '{"a":[["b",1]]}'],
    ['9007199254740992', '9007199254740993'],
  ])('tells %s from %s', (one, other) => {
    expect(hash(one)).not.toBe(hash(other));
  });
});

it('idOnWire: all digits are a number in job objects, with every digit; other ids are text', () => {
  const written = ['8000000000000001152', '0', '007', 's-9', ''].map((id) => JSON.stringify(idOnWire(id, true)));
  expect(written).toEqual(['8000000000000001152', '0', '"007"', '"s-9"', '""']);
  expect(JSON.stringify(idOnWire('31', false))).toBe('"31"');
});
