import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testFileKey } from '../../../test/exchange-csv.ts';
import { temporaryFolder } from '../../../test/running-server.ts';
import { LastRows } from './last-rows.ts';
import { RowSpace } from './row-space.ts';

let folder = { path: '', remove: () => {} };
beforeEach(() => {
  folder = temporaryFolder('last-rows');
});
afterEach(() => folder.remove());

interface Left {
  readonly rows: (readonly [key: string, rest: string])[];
  readonly merged: number;
}

async function lastOf(rows: Iterable<readonly [string, string]>, spaceBytes: number): Promise<Left> {
  const space = new RowSpace(spaceBytes);
  const work = join(folder.path, 'work');
  const last = new LastRows(space, work, testFileKey);
  for (const [key, rest] of rows) await last.add(key, rest);
  const left: [string, string][] = [];
  await last.finish(({ bytes, keyAt, restAt, end }) => {
    left.push([bytes.toString('utf8', keyAt, restAt), bytes.toString('utf8', restAt, end)]);
    return undefined;
  });
  expect(existsSync(work)).toBe(false);
  return { rows: left, merged: space.merged };
}

/** Keys that come back now and then, each time with another rest. */
const rowsOf = (rows: number, keys: number): [string, string][] =>
  Array.from({ length: rows }, (_, at) => [`k${(at * 7919) % keys}`, `,${at} é\r\n`]);

describe('of the rows with one key the last one is left', () => {
  it.each([
    ['in memory', 2 ** 20],
    ['over partitions', 5000],
    ['over partitions of partitions', 256],
  ])('%s', async (_, spaceBytes) => {
    const rows = rowsOf(1000, 700);
    const left = await lastOf(rows, spaceBytes);
    expect(left.rows).toHaveLength(700);
    expect(new Map(left.rows)).toEqual(new Map(rows));
    expect(left.merged).toBe(300);
    expect(await lastOf(rows, spaceBytes)).toEqual(left);
  });
  it('without a file, however often few keys come back', async () => {
    const space = new RowSpace(1024);
    const last = new LastRows(space, join(folder.path, 'work'), testFileKey);
    for (const [key, rest] of rowsOf(5000, 10)) expect((await last.add(key, rest)) ?? existsSync(join(folder.path, 'work'))).toBe(false);
    expect(space.merged).toBe(4990);
  });
  it('also a row that is larger than the space, in a partition too', async () => {
    const large = 'x'.repeat(200_000);
    const rows: [string, string][] = [
      ...rowsOf(100, 100),
      ['large', `${large}1`],
      ...rowsOf(100, 50),
      ['large', `${large}2`],
      ['k1', large],
    ];
    expect(new Map((await lastOf(rows, 1024)).rows)).toEqual(new Map(rows));
  });
  it('where there is none, nothing', async () => expect(await lastOf([], 1024)).toEqual({ rows: [], merged: 0 }));
  it('keys that differ in one byte, and an empty one, are different', async () => {
    const rows: [string, string][] = ['', 'a', 'b', 'ab', 'ba', 'aé', 'aè'].map((key) => [key, '\r\n']);
    expect((await lastOf(rows, 4096)).rows).toEqual(rows);
  });
});
