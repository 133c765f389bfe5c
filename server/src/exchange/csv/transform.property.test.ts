import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeBy, planOf } from '../../../test/exchange-csv.ts';
import { temporaryFolder } from '../../../test/running-server.ts';
import { checkUpload } from './check-upload.ts';
import { exchangeLimits } from './csv-limits.ts';
import { transform } from './transform.ts';

let folder = { path: '', remove: () => {} };
beforeAll(() => {
  folder = temporaryFolder('transform-twin');
});
afterAll(() => folder.remove());

/** A cell as it is written, and what it means. */
interface Cell {
  readonly text: string;
  readonly value: string | null;
}
const quoted = (value: string): Cell => ({ text: `"${value.replaceAll('"', '""')}"`, value });
const written = (value: string): fc.Arbitrary<Cell> =>
  /[",\r\n]/.test(value) || value === '' ? fc.constant(quoted(value)) : fc.constantFrom({ text: value, value }, quoted(value));
const nothing = fc.constant<Cell>({ text: '', value: null });

const people = ['a@x.example', 'A@X.example', ' b@x.example', 'c@x.example', 'É@x.example', 'é@x.example', 'no', '', 'x@y@z', ' '];
const emailCell = fc.oneof(
  nothing,
  fc.constantFrom(...people).chain(written),
  fc.nat({ max: 60 }).chain((number) => written(`p${number}@x.example`)),
);
const noteCell = fc.oneof(nothing, fc.string({ unit: fc.constantFrom('a', '漢', '"', ',', ' ', '\n', '\r\n', '=') }).chain(written));
const numberCell = fc.oneof(nothing, fc.constantFrom('1', '-2.50', '1e3', 'x').chain(written));

/** Cells by column; a row may have one too few or too many. */
interface Row {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly width: -1 | 0 | 1;
}
const row: fc.Arbitrary<Row> = fc.record({
  cells: fc.record({ home: emailCell, work: emailCell, note: noteCell, num: numberCell }),
  width: fc.oneof({ weight: 10, arbitrary: fc.constant(0 as const) }, { weight: 1, arbitrary: fc.constantFrom(-1 as const, 1 as const) }),
});
const csvFile = fc.record({
  order: fc.shuffledSubarray(['home', 'work', 'note', 'num'], { minLength: 4 }),
  rows: fc.array(row, { maxLength: 60, size: 'max' }),
  lineBreak: fc.constantFrom('\n', '\r\n'),
  hasMark: fc.boolean(),
  hasEnd: fc.boolean(),
  capitals: fc.boolean(),
});
type CsvFile = typeof csvFile extends fc.Arbitrary<infer File> ? File : never;

const recordsOf = ({ order, rows }: CsvFile): Cell[][] =>
  rows.map(({ cells, width }) => {
    const all = order.map((name) => cells[name] ?? { text: '', value: null });
    return width === 0 ? all : width < 0 ? all.slice(0, -1) : [...all, { text: 'more', value: 'more' }];
  });

function textOf(file: CsvFile): string {
  const header = file.order.map((name) => (file.capitals ? name.toUpperCase() : name)).join(',');
  const lines = [header, ...recordsOf(file).map((cells) => cells.map(({ text }) => text).join(','))];
  return `${file.hasMark ? '\u{FEFF}' : ''}${lines.join(file.lineBreak)}${file.hasEnd ? file.lineBreak : ''}`;
}

interface Expected {
  readonly rows: Map<string, string>;
  readonly rejects: { readonly begin: string; readonly end: string }[];
  received: number;
  added: number;
  emitted: number;
}

/** The same by a map in memory, without a parser: the cells are known. */
function twin(files: readonly CsvFile[], hashes: boolean): Expected {
  const expected: Expected = { rows: new Map(), rejects: [], received: 0, added: 0, emitted: 0 };
  const cellText = (value: string | null): string => {
    if (value === null) return '';
    return value === '' || value !== value.replace(/^ | $/g, '') || /[",\r\n]/.test(value) ? `"${value.split('"').join('""')}"` : value;
  };
  for (const [at, file] of files.entries()) {
    let line = 2;
    for (const cells of recordsOf(file)) {
      const raw = cells.map(({ text }) => text).join(',');
      const start = line;
      line += raw.split('\n').length;
      expected.received += 1;
      const value = (name: string): string | null => cells[file.order.indexOf(name)]?.value ?? null;
      const reject = (code: string): number =>
        expected.rejects.push({
          begin: `${files.length > 1 ? `77_${at + 1}.csv:${start}` : start},${code},`,
          end: `,${cellText(raw)}\r\n`,
        });
      const ids = ['home', 'work'].map((name) => (value(name) ?? '').trim().toLowerCase()).filter((id) => id !== '');
      const valid = [...new Set(ids.filter((id) => id.split('@').length === 2 && !id.startsWith('@') && !id.endsWith('@')))];
      const num = value('num');
      if (cells.length !== 4) reject('CELL_COUNT');
      else if (ids.length === 0) reject('MISSING_IDENTIFIER');
      else if (valid.length === 0) reject('INVALID_IDENTIFIER');
      else if (num !== null && !/^-?[0-9]+(\.[0-9]+)?$/.test(num)) reject('INVALID_VALUE');
      else {
        expected.added += valid.length - 1;
        expected.emitted += valid.length;
        for (const id of valid) {
          const sent = hashes ? createHash('sha256').update(id).digest('hex') : cellText(id);
          expected.rows.set(sent, `${cellText(num)},${cellText(value('note'))}`);
        }
      }
    }
  }
  return expected;
}

/** In any order: a row may hold line breaks, so the text cannot be cut at them. */
function expectRows(text: string, rows: readonly string[]): void {
  for (const row of rows) expect(`\r\n${text}`).toContain(`\r\n${row}`);
  expect(text).toHaveLength(rows.join('').length);
}

/** In their order; what is between the code and the row is the message. */
function expectRejects(text: string, rejects: Expected['rejects']): void {
  let at = 0;
  for (const { begin, end } of rejects) {
    expect(text.slice(at)).toMatch(new RegExp(`^${begin.replaceAll('.', '\\.')}`));
    expect(text.slice(at)).toContain(end);
    at = text.indexOf(end, at) + end.length;
  }
  expect(text).toHaveLength(at);
}

describe('a run over random files', () => {
  it('delivers and rejects what the twin in memory does, in memory or over the disk, twice the same', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(csvFile, { minLength: 1, maxLength: 3 }),
        // From a few rows to all of them.
        fc.constantFrom(256, 2048, 2 ** 20),
        fc.constantFrom(300, 2000, 2 ** 20),
        fc.boolean(),
        async (files, memoryBytes, mostFileBytes, hashes) => {
          const sketch = {
            identifiers: ['home:email', 'work:email'],
            onto: 'email:email',
            attributes: ['num:number>n:number', 'note:string>t:string'],
          };
          const destinationHashAlgorithm = hashes ? 'SHA256' : 'NONE';
          const plan = await planOf(folder.path, files.map(textOf), sketch, { memoryBytes, mostFileBytes, destinationHashAlgorithm });
          const expected = twin(files, hashes);
          const result = await transform(plan);
          const { delivered, rejects } = await madeBy(result);
          const header = 'email,n,t\r\n';
          const sent = [...expected.rows].map(([id, rest]) => `${id},${rest}\r\n`);
          expect(delivered.every((text) => text.startsWith(header))).toBe(true);
          expectRows(delivered.map((text) => text.slice(header.length)).join(''), sent);
          expect(result.files.every(({ bytes, rows }) => rows <= 1 || bytes <= mostFileBytes)).toBe(true);
          expectRejects(rejects.map((line) => `${line}\r\n`).join(''), expected.rejects);
          const { received, added, emitted } = expected;
          expect(result).toMatchObject({ rowsReceived: received, rowsAdded: added, rowsRejected: expected.rejects.length });
          expect([result.rowsSent, result.rowsMerged]).toEqual([expected.rows.size, emitted - expected.rows.size]);
          expect(await transform(plan)).toEqual(result);
        },
      ),
      { numRuns: 40 },
    ));
  it('counts as many rows when a file is checked', () =>
    fc.assert(
      fc.asyncProperty(csvFile, async (file) => {
        const columns = ['home', 'work', 'note', 'num'].map((name) => ({ name, isIdentifier: false }));
        const source = (async function* () {
          yield Buffer.from(textOf(file));
        })();
        const order = { path: `${folder.path}/checked`, key: new Uint8Array(32), gzipped: false, columns, limits: exchangeLimits };
        expect((await checkUpload(source, order)).rows).toBe(file.rows.length);
      }),
    ));
});
