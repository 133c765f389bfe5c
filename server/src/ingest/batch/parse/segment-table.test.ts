import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodeNames, TooManySegmentNames } from './code-names.ts';
import { LineParser, mostUnresolved } from './line-parser.ts';
import { lineFormOf } from './line-form.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { defaultIngestSettings } from '../../../members/ingest-settings.ts';
import { buffersOf, ParsedChunk, type ParsedColumns } from './parsed-chunk.ts';
import { noExpireMinutes, type ResolvedSegment, type SegmentName, SegmentTable, stateCodes } from './segment-table.ts';

const useOf = (table: SegmentTable, { id, owner, code }: SegmentName): number => {
  const text = Buffer.from(typeof id === 'string' ? id : code, 'latin1');
  if (typeof id === 'number') return table.useOfId(id);
  return id === null ? table.useOfCode(owner, text, 0, text.length) : table.useOfLongId(text, 0, text.length);
};

const names: fc.Arbitrary<SegmentName> = fc.oneof(
  fc.oneof(fc.nat(50), fc.integer({ min: 0, max: 0xffff_ffff })).map((id) => ({ id, owner: 0, code: '' })),
  fc
    .tuple(fc.constantFrom(0, 1, 456, Number.MAX_SAFE_INTEGER), fc.stringMatching(/^[a-c\u00fc]{1,3}$/))
    .map(([owner, code]) => ({ id: null, owner, code })),
  fc.bigInt({ min: 2n ** 32n, max: 2n ** 32n + 5n }).map((id) => ({ id: String(id), owner: 0, code: '' })),
);

describe('a table of segments', () => {
  test('gives each name one number and keeps it, however many there are', () => {
    fc.assert(
      fc.property(fc.array(names, { maxLength: 3000 }), (asked) => {
        const table = new SegmentTable();
        const uses = new Map<string, number>();
        for (const name of asked) {
          const text = JSON.stringify(name);
          const use = useOf(table, name);
          expect(use).toBe(uses.get(text) ?? uses.size);
          uses.set(text, use);
          expect(table.nameOf(use)).toEqual(name);
        }
        expect(table.count).toBe(uses.size);
      }),
      { numRuns: 30 },
    );
  });

  test('keeps thousands of ids apart, with what the catalog says of them', () => {
    const table = new SegmentTable();
    const resolved = Array.from({ length: 20_000 }, (_, at): ResolvedSegment => {
      const id = (at * 65_537) % 0x1_0000_0000;
      return {
        name: { id, owner: 0, code: '' },
        state: at % 2 === 0 ? 'usable' : 'inactive',
        segment: id,
        expireMinutes: at % 3 === 0 ? null : at,
      };
    });
    table.take(resolved);
    const uses = resolved.map(({ segment }) => table.knownId(segment));
    expect(uses.map((use) => table.segments[use])).toEqual(resolved.map(({ segment }) => segment));
    expect(uses.map((use) => table.states[use] === stateCodes.usable)).toEqual(resolved.map(({ state }) => state === 'usable'));
    expect(uses.map((use) => table.expirations[use])).toEqual(resolved.map(({ expireMinutes }) => expireMinutes ?? noExpireMinutes));
    expect(table.knownId(3)).toBe(-1);
  });

  test('forgets what the catalog said, but not the names, and nothing of ids that are too long for any segment', () => {
    const table = new SegmentTable();
    const names: SegmentName[] = [
      { id: 7, owner: 0, code: '' },
      { id: null, owner: 456, code: 'c' },
      { id: '4294967296', owner: 0, code: '' },
    ];
    const uses = names.map((name) => useOf(table, name));
    table.take(names.slice(0, 2).map((name) => ({ name, state: 'usable', segment: 7, expireMinutes: null })));
    expect(uses.map((use) => table.states[use])).toEqual([stateCodes.usable, stateCodes.usable, stateCodes.invalid]);
    table.forget();
    expect(uses.map((use) => table.states[use])).toEqual([stateCodes.unasked, stateCodes.unasked, stateCodes.invalid]);
    expect(names.map((name) => useOf(table, name))).toEqual(uses);
  });

  test('takes so many names and no more, and no more bytes of codes', () => {
    const table = new SegmentTable(3);
    for (const id of [1, 2, 1, 3, 2]) table.useOfId(id);
    expect(() => table.useOfId(4)).toThrow(TooManySegmentNames);
    expect(() => table.useOfCode(456, Buffer.from('c'), 0, 1)).toThrow(TooManySegmentNames);
    const codes = new CodeNames(7, 4);
    const bytes = Buffer.from('abcab');
    expect([codes.add(1, bytes, 0, 2), codes.add(1, bytes, 1, 3), codes.find(1, bytes, 3, 5)]).toEqual([0, 1, 0]);
    expect(() => codes.add(1, bytes, 2, 3)).toThrow(TooManySegmentNames);
  });

  test('tells no name of a number that it did not give', () => expect(() => new SegmentTable().nameOf(0)).toThrow(RangeError));
});

describe('a parser and its chunk', () => {
  const form = lineFormOf({ ...defaultIngestSettings, segment_fields: ['SEG_ID'] }, asMemberId(456), 1000);
  const takeAll = (table: SegmentTable, asked: readonly SegmentName[]): void =>
    table.take(asked.map((name) => ({ name, state: 'usable', segment: Number(name.id), expireMinutes: null })));

  test('asks for so many names at once and no more, and goes on where it stopped', () => {
    const table = new SegmentTable();
    const parser = new LineParser(form, table);
    const chunk = new ParsedChunk();
    const perLine = 1000;
    const line = (first: number): string => `42;${Array.from({ length: perLine }, (_, at) => first + at).join(',')}\n`;
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, at) => line(1 + at * perLine)).join(''));
    const asked: number[] = [];
    for (let at = 0; at < bytes.length;) {
      at = parser.parse(bytes, at, bytes.length, 1 + chunk.physicalLines, null, chunk);
      asked.push(parser.unresolved().length);
      takeAll(table, parser.unresolved());
    }
    expect(asked.every((count) => count <= mostUnresolved)).toBe(true);
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(100 * perLine);
    expect([chunk.userCount, chunk.operationCount, table.count]).toEqual([100, 100 * perLine, 100 * perLine]);
  });

  test('does not ask for what lines name that are refused', () => {
    const table = new SegmentTable();
    const parser = new LineParser(form, table);
    const bytes = Buffer.from('x;1\n42;2,y\n42;3\n42;4\n');
    expect(parser.parse(bytes, 0, bytes.length, 1, (line) => line === 4, new ParsedChunk())).toBe(11);
    expect(parser.unresolved()).toEqual([{ id: 3, owner: 0, code: '' }]);
  });

  test('columns go to another thread and are written anew when they come back', () => {
    const table = new SegmentTable();
    const parser = new LineParser(form, table);
    takeAll(table, [{ id: 1, owner: 0, code: '' }]);
    const bytes = Buffer.from('42;1,1\n0;1\n');
    const chunk = new ParsedChunk();
    parser.parse(bytes, 0, bytes.length, 1, null, chunk);
    const posted = structuredClone<ParsedColumns>(chunk, { transfer: buffersOf(chunk) });
    expect([posted.userCount, posted.operationCount, posted.faultCount]).toEqual([1, 2, 1]);
    expect([...posted.operations.subarray(0, 8)]).toEqual([1, 0, 1000, 259_200, 1, 0, 1000, 259_200]);
    expect(chunk.operations.length).toBe(0);
    const again = chunk.takeBack(posted);
    expect(parser.parse(bytes, 0, bytes.length, 1, null, again)).toBe(bytes.length);
    expect([again.lines, again.userCount, again.operationCount, again.faultCount]).toEqual([2, 1, 2, 1]);
  });
});
