import { request } from 'node:http';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, JobWorld } from '../../../../test/exchange-jobs.ts';
import { type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';
import { rangeOf } from './download-job-data.ts';

const dayMs = 86_400_000;
let platform: PlatformServer;
let world: JobWorld;
/** A job that is ready, and what its file holds. */
let job: number;
const text = 'email,level\r\nana@example.com,gold\r\n';
beforeAll(async () => {
  platform = await startPlatform();
  world = await JobWorld.of(platform);
  job = await ready();
});
afterAll(() => platform.stop());

describe('200', () => {
  it('the file; the first download begins SENDING_DATA', async () => {
    const ready = await world.uploaded('email\nana@example.com\n');
    const answer = await world.file(ready);
    expect([answer.status, answer.text]).toEqual([200, 'email,level\r\nana@example.com,\r\n']);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-length': String(answer.text.length),
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
    });
    expect(await world.job(ready)).toMatchObject({ status: 'SENDING_DATA', state: 'Running' });
    expect((await world.file(ready)).text).toBe(answer.text);
  });

  it('gzip where it is accepted', async () => {
    for (const [accepted, isPacked] of [
      ['gzip', true],
      ['br, gzip;q=0.5', true],
      ['br', false],
      ['gzip;q=0', false],
    ] as const) {
      const { headers, body } = await raw({ 'accept-encoding': accepted });
      expect([accepted, headers['content-encoding'], headers.vary]).toEqual([accepted, isPacked ? 'gzip' : undefined, 'accept-encoding']);
      expect((isPacked ? gunzipSync(body) : body).toString()).toBe(text);
    }
  });

  it('the whole file where If-Range names another one, and where the range cannot be read', async () => {
    for (const headers of [
      { range: 'bytes=0-4', 'if-range': '"other"' },
      { range: 'bytes=0-1,3-4' },
      { range: 'lines=1-2' },
      { range: 'bytes=4-2' },
    ])
      expect([(await world.file(job, headers)).status, (await world.file(job, headers)).text]).toEqual([200, text]);
  });
});

describe('206', () => {
  it.each<[string, (length: number) => [number, number]]>([
    ['bytes=0-4', () => [0, 4]],
    ['bytes=5-', (length) => [5, length - 1]],
    ['bytes=-6', (length) => [length - 6, length - 1]],
    ['bytes=-9999', (length) => [0, length - 1]],
    ['bytes=3-99999', (length) => [3, length - 1]],
    ['bytes=0-0', () => [0, 0]],
  ])('%s', async (range, place) => {
    const fresh = await ready();
    const [first, last] = place(text.length);
    const answer = await world.file(fresh, { range, 'accept-encoding': 'gzip' });
    expect([answer.status, answer.text]).toEqual([206, text.slice(first, last + 1)]);
    expect(answer.headers).toMatchObject({
      'content-range': `bytes ${first}-${last}/${text.length}`,
      'content-length': String(last + 1 - first),
    });
    expect(answer.headers['content-encoding']).toBeUndefined();
  });

  it('If-Range names this file', async () => {
    const fresh = await ready();
    const { headers } = await world.file(fresh);
    const answer = await world.file(fresh, { range: 'bytes=0-4', 'if-range': String(headers.etag) });
    expect([answer.status, answer.text]).toEqual([206, text.slice(0, 5)]);
  });
});

describe('refused', () => {
  it('404: another file, another job’s, another member’s', async () => {
    const fresh = await ready();
    const named = (file: string) => world.call(`GET /v1/jobs/${fresh}/segmentDataFiles/${file}`);
    for (const file of [`${fresh}_2.csv`, `${job}_1.csv`, '..%2Frejects', 'x'])
      expect(codeOf(await named(file))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await world.call(`GET /v1/jobs/${fresh}/segmentDataFiles/${fresh}_1.csv`, { as: 'stranger' }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect(await world.job(fresh)).toMatchObject({ status: 'READY_FOR_DOWNLOAD' });
  });

  it('409: a job that waits for its data, and one that was canceled', async () => {
    const waiting = await world.waiting();
    expect(codeOf(await world.file(waiting))).toEqual([409, 'BAD_STATE']);
    const canceled = await ready();
    await world.cancel(canceled);
    expect(codeOf(await world.file(canceled))).toEqual([409, 'BAD_STATE']);
  });

  it('416: a range that begins behind the end', async () => {
    const fresh = await ready();
    for (const range of [`bytes=${text.length}-`, 'bytes=-0']) {
      const answer = await world.file(fresh, { range });
      expect([answer.status, answer.headers['content-range'], answer.text]).toEqual([416, `bytes */${text.length}`, '']);
    }
  });
});

describe('rangeOf', () => {
  it.each<[string | undefined, number, ReturnType<typeof rangeOf>]>([
    [undefined, 10, undefined],
    ['bytes=-', 10, undefined],
    ['bytes=a-b', 10, undefined],
    ['bytes=2-1', 10, undefined],
    ['BYTES=0-0', 10, { first: 0, last: 0 }],
    [' bytes=9-9 ', 10, { first: 9, last: 9 }],
    ['bytes=9-10', 10, { first: 9, last: 9 }],
    ['bytes=10-10', 10, 'outside'],
    ['bytes=-1', 0, 'outside'],
    ['bytes=-3', 10, { first: 7, last: 9 }],
    ['bytes=99999999999999999999-', 10, 'outside'],
  ])('%s of %d', (header, bytes, range) => {
    expect(rangeOf(header, bytes)).toEqual(range);
  });
});

/** The last: sessions end when the clock is moved so far. */
describe('later', () => {
  it('after completion for 7 days; then 409', async () => {
    const done = await world.uploaded('email\nana@example.com\n');
    await world.report(done, { status: 'COMPLETE' });
    platform.clock.forward(7 * dayMs - 1);
    expect((await world.file(done)).status).toBe(200);
    platform.clock.forward(1);
    expect(codeOf(await world.file(done))).toEqual([409, 'BAD_STATE']);
  });
});

const ready = () => world.uploaded('email,tier\nana@example.com,gold\n');

async function raw(headers: Readonly<Record<string, string>>) {
  const fresh = await ready();
  const path = `${platform.url}/v1/jobs/${fresh}/segmentDataFiles/${fresh}_1.csv`;
  const sent = request(path, { headers: { authorization: world.key, ...headers } });
  sent.end();
  const [response] = await once(sent, 'response');
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { headers: response.headers as Record<string, string | undefined>, body: Buffer.concat(pieces) };
}
