import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { countRows, readHeader, segmentIdOf, UnusableFile } from './audience-file.ts';
import { cutIntoParts, packPart } from './file-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'foyer-parts-'));
const path = join(folder, 'UBXSegment_a.csv');
const { signal } = new AbortController();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const headerOf = (content: string | Uint8Array) => {
  writeFileSync(path, content);
  return readHeader(path);
};

describe('readHeader', () => {
  it('reads names with quotes, commas, line breaks and a byte order mark', async () => {
    const { columns, headerBytes } = await headerOf('\uFEFFemail,"a, ""b""","two\r\nlines"\r\nx,1,2\r\n');
    expect(columns).toEqual(['email', 'a, "b"', 'two\r\nlines']);
    expect(headerBytes).toBe(Buffer.byteLength('\uFEFFemail,"a, ""b""","two\r\nlines"\r\n'));
  });

  it.each([
    ['', 'a column without a name'],
    ['a,,b\n', 'a column without a name'],
    ['a,"b\n', 'not CSV'],
    ['a,A\n', 'the column A twice'],
    [Array.from({ length: 501 }, (_, at) => `c${at}`).join(','), 'more than 500 columns'],
    [Buffer.from([0x61, 0xff, 0x0a]), 'not UTF-8'],
  ])('refuses a header that names no columns (%#)', async (content, text) => {
    await expect(headerOf(content)).rejects.toThrow(text);
    await expect(headerOf(content)).rejects.toBeInstanceOf(UnusableFile);
  });
});

describe('segmentIdOf', () => {
  it('stays the same for a name, in either form of Unicode', () => {
    expect(segmentIdOf('Gold')).toBe('6249df4367d0a2e088c8eb1117ef5943');
    expect(segmentIdOf('Caf\u00e9')).toBe(segmentIdOf('Cafe\u0301'));
    expect(segmentIdOf('Gold')).not.toBe(segmentIdOf('gold'));
  });
});

describe('cutIntoParts', () => {
  const cell = fc.constantFrom('a', 'bb', '"x,y"', '"two\nlines"', '""', '', '"q""q"');
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 40 });

  it('loses and doubles nothing, cuts between records only, and keeps every part below the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 40, max: 200 }),
        async (cells, end, ended, most) => {
          const header = `id,text${end}`;
          const records = cells.map((row) => row.join(','));
          const body = records.map((record, at) => (at === records.length - 1 && !ended ? record : record + end));
          const { headerBytes, size } = await headerOf(header + body.join(''));
          const parts = await cutIntoParts(path, { headerBytes, size, partBytes: most, signal });
          const sent = [];
          for (const part of parts) {
            await packPart(path, part, headerBytes, `${path}.gz`, signal);
            const text = gunzipSync(readFileSync(`${path}.gz`)).toString();
            expect(text.startsWith(header)).toBe(true);
            expect(text.length).toBeLessThanOrEqual(Math.max(most, size <= most ? size : 0));
            sent.push(text.slice(header.length));
          }
          expect(sent.join('')).toBe(body.join(''));
          for (const text of sent.slice(0, -1))
            expect(
              body.some((_, at) =>
                body
                  .slice(0, at + 1)
                  .join('')
                  .endsWith(text),
              ),
            ).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses a record that fits into no part', async () => {
    const { headerBytes, size } = await headerOf(`id\n${'x'.repeat(100)}\n`);
    await expect(cutIntoParts(path, { headerBytes, size, partBytes: 50, signal })).rejects.toThrow('the record at byte 3');
  });

  it('names the packed bytes by their length and digest', async () => {
    const { headerBytes, size } = await headerOf('id\r\n1\r\n');
    const packed = await packPart(path, { start: headerBytes, end: size }, headerBytes, `${path}.gz`, signal);
    expect(packed.bytes).toBe(statSync(`${path}.gz`).size);
    expect(packed.contentDigest).toMatch(/^sha-256=:[\w+/]{43}=:$/);
  });
});

describe('countRows', () => {
  it.each([
    ['id', 0],
    ['id\n', 0],
    ['id\n1', 1],
    ['id\n1\n"a\nb"\n', 2],
  ])('counts records, not lines (%#)', async (content, rows) => {
    await headerOf(content);
    expect(await countRows(path, () => undefined, signal)).toBe(rows);
  });
});
