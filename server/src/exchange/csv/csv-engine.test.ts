import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, madeBy, pieces, planOf, testFileKey, unsealFile } from '../../../test/exchange-csv.ts';
import { temporaryFolder } from '../../../test/running-server.ts';
import { Seen } from '../../../test/seen-objects.ts';
import { CsvEngine } from './csv-engine.ts';
import { CsvFault } from './csv-fault.ts';
import { exchangeLimits } from './csv-limits.ts';
import type { UploadOrder } from './check-upload.ts';

let folder = { path: '', remove: () => {} };
let engine = new CsvEngine();
beforeEach(() => {
  folder = temporaryFolder('csv-engine');
  engine = new CsvEngine();
});
afterEach(async () => {
  await engine.close();
  folder.remove();
});

const order = (name = 'upload'): UploadOrder => ({
  path: `${folder.path}/${name}`,
  key: testFileKey,
  gzipped: false,
  columns: [{ name: 'email', isIdentifier: true }],
  limits: exchangeLimits,
});
const sketch = { identifiers: ['email:email'], onto: 'email:email' };
const manyRows = `email\n${Array.from({ length: 100_000 }, (_, at) => `u${at}@x.example`).join('\n')}\n`;

describe('the CSV engine', () => {
  it('checks files side by side and runs a job, in its thread', async () => {
    const text = 'email\na@x.example\nA@x.example\n';
    const checks = await Promise.all(['one', 'two', 'three'].map((name) => engine.check(pieces(text), order(name))));
    expect(checks.map(({ rows }) => rows)).toEqual([2, 2, 2]);
    expect(await unsealFile(order('two').path)).toBe(text);
    const result = await engine.transform(await planOf(folder.path, [text], sketch));
    expect(result).toMatchObject({ rowsReceived: 2, rowsMerged: 1, rowsSent: 1 });
    expect((await madeBy(result)).delivered).toEqual(['email\r\na@x.example\r\n']);
  });
  it('says what is wrong with a file, and reads no further', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('email\n"a"b\n');
      for (;;) {
        read += 1;
        yield Buffer.alloc(1000, 'a');
        await sleep(1);
      }
    }
    const error: unknown = await engine.check(endless(), order()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CsvFault);
    expect(error).toMatchObject({ code: 'INVALID_CSV', details: [{ field: 'line 2, column 4', message: 'text behind a closing quote' }] });
    const before = read;
    await sleep(20);
    expect(read).toBe(before);
    expect(filesBelow(folder.path)).toEqual([]);
  });
  it('keeps no piece of a file that comes in', async () => {
    const seen = new Seen();
    let left = 0;
    async function* large(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('email\n');
      while (seen.count < 200) yield seen.add(Buffer.from('a@x.example\n'.repeat(5000)));
      left = await seen.left();
    }
    expect((await engine.check(large(), order())).rows).toBe(1_000_000);
    expect(left).toBeLessThan(20);
  });
  it('refuses a file at once, though its sender has fallen silent', async () => {
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('email,shoesize\n');
      await new Promise<never>(() => {});
    }
    await expect(engine.check(silent(), order())).rejects.toThrow("'shoesize' is not declared");
  });
  it('keeps nothing of a file whose sender goes away', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('email\na@x.exa');
      throw new Error('the sender went away');
    }
    await expect(engine.check(broken(), order())).rejects.toThrow('the sender went away');
    expect(filesBelow(folder.path)).toEqual([]);
  });
  it('is not sent more than it takes', async () => {
    let sent = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces(manyRows, 65_536)) {
        sent += 1;
        yield piece;
      }
    }
    expect((await engine.check(counted(), order())).rows).toBe(100_000);
    expect(sent).toBe(Math.ceil(manyRows.length / 65_536));
  });
  it('ends a run that nobody wants any more, and goes on with the next one', async () => {
    const plan = await planOf(folder.path, [manyRows], sketch);
    const stop = new AbortController();
    const stopped = engine.transform(plan, { signal: stop.signal });
    const waiting = engine.transform({ ...plan, name: '78' }, { signal: stop.signal });
    const next = engine.transform({ ...plan, name: '79', shareAction: 'REPLACE' });
    stop.abort(new Error('cancelled'));
    const outcomes = await Promise.allSettled([stopped, waiting, next]);
    const cancelled = { status: 'rejected', reason: new Error('cancelled') };
    expect(outcomes.slice(0, 2)).toEqual([cancelled, cancelled]);
    expect(outcomes[2]).toMatchObject({ status: 'fulfilled', value: { rowsSent: 100_000 } });
    expect(filesBelow(folder.path)).toEqual(['in-0', 'out', 'out/79_1.csv']);
  });
  it('tells how far a run is', async () => {
    const told: number[] = [];
    await engine.transform(await planOf(folder.path, [manyRows], sketch), { onProgress: ({ rowsReceived }) => told.push(rowsReceived) });
    expect(told.length).toBeGreaterThan(0);
    expect(told.every((rows) => rows > 0 && rows <= 100_000)).toBe(true);
  });
  it('fails what is under way when it is closed', async () => {
    const plan = await planOf(folder.path, [manyRows], sketch);
    const outcome = Promise.allSettled([engine.transform(plan)]);
    await engine.close();
    expect(await outcome).toEqual([{ status: 'rejected', reason: new Error('the server is stopping') }]);
  });
  it('fails with a plan that cannot be, and says why', async () => {
    const plan = await planOf(folder.path, ['email\n'], sketch);
    await expect(engine.transform({ ...plan, sourceIdentifiers: [{ name: 'phone', type: 'phone' }] })).rejects.toThrow(
      "the column 'phone' is mapped and not declared",
    );
  });
});
