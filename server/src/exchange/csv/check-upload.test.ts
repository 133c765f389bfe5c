import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, pieces, testFileKey, unsealFile } from '../../../test/exchange-csv.ts';
import { temporaryFolder } from '../../../test/running-server.ts';
import { checkUpload, type UploadOrder } from './check-upload.ts';
import { CsvFault } from './csv-fault.ts';
import { exchangeLimits } from './csv-limits.ts';

let folder = { path: '', remove: () => {} };
beforeAll(() => {
  folder = temporaryFolder('check-upload');
});
afterAll(() => folder.remove());

const columns = [
  { name: 'homeemail', isIdentifier: true },
  { name: 'Tier', isIdentifier: false },
];
const order = (more: Partial<UploadOrder> = {}): UploadOrder => ({
  path: join(folder.path, 'upload'),
  key: testFileKey,
  gzipped: false,
  columns,
  limits: exchangeLimits,
  ...more,
});
const check = (text: string | Uint8Array, more: Partial<UploadOrder> = {}, size = 7) => checkUpload(pieces(text, size), order(more));

/** Code, message and details; and that nothing is left of the file. */
async function refusal(text: string | Uint8Array, more: Partial<UploadOrder> = {}): Promise<unknown> {
  const error: unknown = await check(text, more).catch((reason: unknown) => reason);
  expect(filesBelow(folder.path)).toEqual([]);
  return error instanceof CsvFault ? [error.code, error.message, error.details.map(({ field, message }) => `${field}: ${message}`)] : error;
}

describe('a file that is taken', () => {
  it('is counted, and its text kept as it was received', async () => {
    const text = '\u{FEFF}TIER,homeEmail\r\nGold,"a@example.com"\n\n,\n';
    const digest = createHash('sha256').update(text).digest('hex');
    expect(await check(text)).toEqual({ rows: 2, bytes: Buffer.byteLength(text), digest });
    expect(await unsealFile(order().path)).toBe(text);
    const zipped = await check(gzipSync(text), { gzipped: true });
    expect(zipped).toEqual({ rows: 2, bytes: Buffer.byteLength(text), digest });
    expect(await unsealFile(order().path)).toBe(text);
  });
  it('may be a header alone, and rows may break rules of their own', async () => {
    expect((await check('homeemail\n')).rows).toBe(0);
    expect((await check('homeemail')).rows).toBe(0);
    expect((await check('homeemail,tier\na\na,b,c\n,\n')).rows).toBe(3);
  });
  it('may be several gzip members', async () => {
    expect(await check(Buffer.concat([gzipSync('homeemail\na'), gzipSync('\nb\n')]), { gzipped: true })).toMatchObject({
      rows: 2,
      bytes: 14,
    });
    await unsealFile(order().path);
  });
  it('may have as much as the limits say', async () => {
    const limits = { wireBytes: 14, textBytes: 14, rows: 2, columns: 1, cellBytes: 9 };
    expect((await check('homeemail\na\nb\n', { limits })).rows).toBe(2);
  });
});

describe('a file is refused, and nothing of it is left', () => {
  beforeAll(async () => {
    // What the tests above kept.
    await check('').catch(() => undefined);
  });
  it.each<[string, string, string[]]>([
    ['', 'The file has no header.', ['line 1: has no header']],
    ['\n\n', 'The file has no header.', ['line 1: has no header']],
    [
      'homeemail,shoesize\na,44\n',
      "The header of line 1 is wrong: column 2: 'shoesize' is not declared for this audience.",
      ["column 2: 'shoesize' is not declared for this audience"],
    ],
    [
      'tier\nGold\n',
      "The header of line 1 is wrong: header: the identifier 'homeemail' is missing.",
      ["header: the identifier 'homeemail' is missing"],
    ],
    [
      'tier,,TIER\n',
      'The header of line 1 is wrong: column 2: has no name (and 2 more).',
      ['column 2: has no name', "column 3: 'TIER' stands there twice", "header: the identifier 'homeemail' is missing"],
    ],
    [
      'homeemail,tier\na@example.com,"Gold\nb@example.com,Gold\n',
      'Malformed CSV at line 2, column 15: a quote that is opened here and never closed.',
      ['line 2, column 15: a quote that is opened here and never closed'],
    ],
  ])('%j', async (text, message, details) => expect(await refusal(text)).toEqual(['INVALID_CSV', message, details]));

  it('that is not UTF-8, with the line', async () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf0, 0x9f, 0x98]]) {
      const text = Buffer.concat([Buffer.from('homeemail\né漢😀\n'), Buffer.from(bytes)]);
      expect(await refusal(text)).toEqual(['INVALID_CSV', 'The text on line 3 is not UTF-8.', ['line 3: is not UTF-8']]);
    }
    const inside = Buffer.concat([Buffer.from('homeemail\na\n'), Buffer.from([0xe9]), Buffer.from('\nb\n')]);
    expect(await refusal(inside)).toEqual(['INVALID_CSV', 'The text on line 3 is not UTF-8.', ['line 3: is not UTF-8']]);
  });
  it('whose gzip is damaged or cut short', async () => {
    const zipped = gzipSync('homeemail\na\n');
    expect(await refusal('homeemail\n', { gzipped: true })).toMatchObject(['INVALID_CSV', 'The gzip file is damaged.', {}]);
    expect(await refusal(zipped.subarray(0, -3), { gzipped: true })).toMatchObject(['INVALID_CSV', 'The gzip file is cut short.', {}]);
  });
  it.each<[string, Partial<UploadOrder['limits']>, string]>([
    ['wire', { wireBytes: 13 }, 'The file has more than 13 bytes.'],
    ['text', { textBytes: 13 }, 'The file has more than 13 bytes of text.'],
    ['rows', { rows: 1 }, "The rows of the job's files are more than it may have; 1 were left."],
    ['no row left', { rows: 0 }, "The rows of the job's files are more than it may have; 0 were left."],
    ['cells', { cellBytes: 8 }, 'A cell on line 1 has more than 8 bytes.'],
  ])('over a limit: %s', async (_, limit, message) => {
    expect(await refusal('homeemail\na\nb\n', { limits: { ...exchangeLimits, ...limit } })).toEqual(['TOO_LARGE', message, []]);
  });
  it('over the wire limit, gzipped', async () => {
    const limits = { ...exchangeLimits, wireBytes: 20 };
    expect(await refusal(gzipSync('homeemail\na\n'), { gzipped: true, limits })).toEqual([
      'TOO_LARGE',
      'The file has more than 20 bytes.',
      [],
    ]);
  });
  it('over the columns that a file may have', async () => {
    expect(await refusal('homeemail,tier\n', { limits: { ...exchangeLimits, columns: 1 } })).toMatchObject([
      'TOO_LARGE',
      'Line 1 has more than 1 cells.',
      {},
    ]);
  });
  it('a small one that unpacks to much, before all of it is unpacked', async () => {
    const bomb = gzipSync(`homeemail\n${'a\n'.repeat(5_000_000)}`);
    const limits = { ...exchangeLimits, textBytes: 1_000_000 };
    expect(await refusal(bomb, { gzipped: true, limits })).toMatchObject([
      'TOO_LARGE',
      'The file has more than 1000000 bytes of text.',
      {},
    ]);
  });
  it('whose sender goes away', async () => {
    const text = Buffer.from('homeemail\na@example.com\n');
    for (const gzipped of [false, true]) {
      const begin = gzipped ? gzipSync(text).subarray(0, 12) : text.subarray(0, 12);
      const broken = Readable.from(
        (async function* () {
          yield begin;
          throw new Error('gone');
        })(),
      );
      await expect(checkUpload(broken, order({ gzipped }))).rejects.toThrow('gone');
    }
    expect(filesBelow(folder.path)).toEqual([]);
  });
});
