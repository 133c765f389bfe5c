import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvFault } from './csv-fault.ts';
import { csvLine } from './csv-line.ts';
import { readRecords } from './read-records.ts';
import { RecordReader } from './record-reader.ts';

const limits = { columns: 4, cellBytes: 10 };

interface Read {
  readonly line: number;
  readonly cells: readonly (string | null)[];
  readonly raw: string;
}

/** All records, the text coming in pieces of that size. */
function read(text: string, size = 1000, within = limits): Read[] {
  const reader = new RecordReader(within);
  const records: Read[] = [];
  const take = (): void => {
    while (reader.next()) records.push({ line: reader.line, cells: reader.texts(), raw: reader.raw() });
  };
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    reader.push(bytes.subarray(at, at + size));
    take();
  }
  reader.end();
  take();
  return records;
}
const cells = (text: string, size?: number): (readonly (string | null)[])[] => read(text, size).map((record) => record.cells);

describe('records', () => {
  it.each<[string, string, (string | null)[][]]>([
    [
      'LF',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['no line break at the end', 'a\nb', [['a'], ['b']]],
    ['no line break behind a quote', 'a\n"b"', [['a'], ['b']]],
    ['an empty cell at the end of the file', 'a,', [['a', null]]],
    ['a byte order mark', '\u{FEFF}a\n', [['a']]],
    ['a byte order mark elsewhere is text', 'a\n\u{FEFF}b\n', [['a'], ['\u{FEFF}b']]],
    ['empty is null, two quotes are an empty text', ',"",\n', [[null, '', null]]],
    ['commas, quotes and line breaks in quotes', '"a,b","c""d","e\r\nf"\n', [['a,b', 'c"d', 'e\r\nf']]],
    ['spaces and backslashes are text', ' a ,b\\,c\n', [[' a ', 'b\\', 'c']]],
    ['lines without anything are no records', '\na\n\r\n\nb\n\n', [['a'], ['b']]],
    ['a line with an empty text is one', '""\n', [['']]],
    ['nothing', '', []],
    ['less than a byte order mark', 'a', [['a']]],
  ])('%s', (_, text, expected) => {
    for (const size of [1, 2, 3, 1000]) expect(cells(text, size)).toEqual(expected);
  });
  it('say on which line they start, and how they were received', () => {
    expect(read('\u{FEFF}a,b\r\n"x\ny",1\n\n z,"q"\n').map(({ line, raw }) => [line, raw])).toEqual([
      [1, 'a,b'],
      [2, '"x\ny",1'],
      [5, ' z,"q"'],
    ]);
  });
});

describe('malformed text is refused with its place', () => {
  it.each([
    ['a,b\nc,d"e\n', 'line 2, column 4: a quote in a cell that does not begin with one'],
    ['a\n "b"\n', 'line 2, column 2: a quote in a cell'],
    ['é,"b"c\n', 'line 1, column 6: text behind a closing quote'],
    ['a\nb,"c\nd\n', 'line 2, column 3: a quote that is opened here and never closed'],
    ['a\n"x\ny"z\n', 'line 3, column 3: text behind a closing quote'],
    ['a\rb\n', 'line 1, column 2: a carriage return stands alone'],
    ['a\r', 'line 1, column 2: a carriage return stands alone'],
  ])('%j', (text, message) => {
    for (const size of [1, 1000]) expect(() => read(text, size)).toThrow(`Malformed CSV at ${message}`);
  });
});

describe('limits', () => {
  const tooLarge = (text: string, size: number): unknown => {
    try {
      return read(text, size);
    } catch (error) {
      return error instanceof CsvFault ? [error.code, error.message] : error;
    }
  };
  it('hold what a cell contains, not its quotes', () => {
    for (const size of [1, 1000]) {
      expect(cells('1234567890,"""""""""""""""""""""""\n'.replace(/"+/, `"${'""'.repeat(10)}"`), size)).toEqual([
        ['1234567890', '"'.repeat(10)],
      ]);
      for (const text of ['a\n12345678901\n', `a\n"${'""'.repeat(11)}"\n`, 'a\n"12345678901', 'a\n12345678901'])
        expect(tooLarge(text, size)).toEqual(['TOO_LARGE', 'A cell on line 2 has more than 10 bytes.']);
    }
  });
  it('end a cell that never ends before it fills the memory', () => {
    const reader = new RecordReader(limits);
    reader.push(Buffer.from(`"${'a'.repeat(20)}`));
    expect(() => reader.next()).toThrow(CsvFault);
  });
  it('hold the number of cells', () => {
    expect(cells('1,2,3,4\n')).toHaveLength(1);
    expect(tooLarge('1,2,3,4,5\n', 1)).toEqual(['TOO_LARGE', 'Line 1 has more than 4 cells.']);
  });
});

const cell = fc.option(fc.string({ unit: fc.constantFrom('a', 'é', '漢', ' ', ',', '"', '\r', '\n', '=') }), { nil: null });
/** A record of one empty cell is an empty line. */
const record = fc.array(cell, { minLength: 1, maxLength: 4 }).filter((cells) => cells.length > 1 || cells[0] !== null);

describe('what is written', () => {
  it('is read as it was, however it is cut', () =>
    fc.assert(
      fc.property(fc.array(record), fc.integer({ min: 1, max: 20 }), (records, size) => {
        const text = records.map(csvLine).join('');
        expect(read(text, size, { columns: 4, cellBytes: 1000 }).map(({ cells }) => cells)).toEqual(records);
      }),
    ));
  it('has quotes only where they are needed', () => {
    expect(csvLine(['a', null, '', 'b c', ' b', 'c ', 'd"e', 'f,g', 'h\ri', "'", '\t'])).toBe(
      'a,,"",b c," b","c ","d""e","f,g","h\ri",\',\t\r\n',
    );
  });
  it('is read in lists, cells of any size', async () => {
    const row = 'x'.repeat(100_000);
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const text of ['line,row\r\n2,', `${row}\r\n3`, ',y\r\n4,z']) yield Buffer.from(text);
    }
    const lists = await Array.fromAsync(readRecords(source()));
    expect(lists.flat()).toEqual([
      { line: 1, cells: ['line', 'row'] },
      { line: 2, cells: ['2', row] },
      { line: 3, cells: ['3', 'y'] },
      { line: 4, cells: ['4', 'z'] },
    ]);
  });
});
