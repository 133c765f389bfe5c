import { gzipSync } from 'node:zlib';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JobWorld } from '../../../test/exchange-jobs.ts';
import { type PlatformServer, startPlatform } from '../../../test/platform-server.ts';
import { type PeerServer, startPeer } from '../peer/peer-server.fixture.ts';
import { addDestination, addEndpoint, changeCatalog, offer } from '../shares/exchange.fixture.ts';

const hourMs = 3600_000;
let platform: PlatformServer;
let world: JobWorld;
let peer: PeerServer;
beforeAll(async () => {
  peer = await startPeer((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  platform = await startPlatform({ settings: { allowPrivateEndpoints: true } });
  world = await JobWorld.of(platform);
});
afterEach(() => void peer.received.splice(0));
afterAll(async () => {
  await platform.stop();
  await peer[Symbol.asyncDispose]();
});

const good = (count: number) => Array.from({ length: count }, (_, at) => `u${at}@example.com`);
const bad = (count: number) => Array.from({ length: count }, (_, at) => `nobody${at}`);
const csv = (...rows: string[]) => `email\n${rows.join('\n')}\n`;
const replace = (more: object = {}) => ({
  shareAction: 'REPLACE',
  destination: { endpointId: world.destination, segmentId: 'x' },
  ...more,
});
const setEndpoint = (id: number, row: object) =>
  changeCatalog(platform, (change) => change.db.updateTable('endpoint').set(row).where('id', '=', id).execute());

/** Uploads, and waits until the job has failed. */
async function failing(body: string, more: object = {}) {
  const job = await world.waiting(more);
  expect((await world.upload(job, body)).status).toBe(202);
  return world.fails(job);
}

describe('rows that cannot be used', () => {
  it('every row: Failed, however few', async () => {
    const job = await failing(csv('nobody'));
    expect(job).toMatchObject({ error: { code: 'TOO_MANY_REJECTS' }, rowsReceived: 1, rowsRejected: 1, rowsSent: 0 });
    expect(await world.rejects(Number(job['jobId']))).toMatchObject([expect.stringMatching(/^2,INVALID_IDENTIFIER,.*,nobody$/)]);
  });

  it('100, however many they are of all: it goes on', async () => {
    const job = await world.uploaded(csv(...good(100), ...bad(100)));
    expect(await world.job(job)).toMatchObject({ rowsReceived: 200, rowsRejected: 100 });
  });

  it('more than 100 and more than 5 %: Failed', async () => {
    expect(await failing(csv(...good(1918), ...bad(101)))).toMatchObject({ error: { code: 'TOO_MANY_REJECTS' }, rowsReceived: 2019 });
  });

  it('more than 100 and 5 %: it goes on', async () => {
    const job = await world.uploaded(csv(...good(1919), ...bad(101)));
    expect(await world.job(job)).toMatchObject({ rowsReceived: 2020, rowsRejected: 101 });
  });

  it('counts add up with merged rows, and a pull consumer gets each once', async () => {
    const job = await world.uploaded(csv('a@example.com', 'A@Example.com', 'b@example.com', 'nobody'));
    await world.file(job);
    await world.report(job, { status: 'COMPLETE' });
    expect(await world.job(job)).toMatchObject({ rowsReceived: 4, rowsSent: 2, rowsRejected: 1, rowsMerged: 1, rowsUnknown: 0 });
  });
});

describe('a header alone', () => {
  it('ADD: nothing to do, and Complete', async () => {
    const job = await world.uploaded('email\n');
    expect((await world.file(job)).text).toBe('email,level\r\n');
    await world.report(job, { status: 'COMPLETE' });
    expect(await world.job(job)).toMatchObject({ state: 'Complete', rowsReceived: 0, rowsSent: 0 });
  });

  it('REPLACE: EMPTY_REPLACE, unless it was confirmed', async () => {
    expect(await failing('email\n', replace())).toMatchObject({ error: { code: 'EMPTY_REPLACE' } });
    await world.uploaded('email\n', replace({ allowEmptyReplace: true }));
  });
});

describe('what changed since the share was made', () => {
  const later = { schedule: { type: 'AT', at: '2040-01-01T00:00:00Z' } };
  async function changed(
    attributed: string,
    change: (ids: { source: number; destination: number }) => Promise<unknown>,
    more: object = {},
  ) {
    const source = await addEndpoint(platform, { attributed: 'tier:string' });
    const destination = await addDestination(platform, { attributed });
    await offer(platform, source, 's', 'email', 'tier');
    const ends = { source: { endpointId: source, segmentId: 's' }, destination: { endpointId: destination, segmentId: 'x' } };
    const { shareId } = await world.share({ ...later, ...ends, ...more });
    await change({ source, destination });
    const answer = await world.call(`POST /v1/shares/${shareId}/run`);
    return Number((answer.json as { jobId: number }).jobId);
  }
  const withoutTier = ({ source }: { source: number }) =>
    changeCatalog(platform, async (change) => {
      const columns = JSON.stringify([{ name: 'email', type: 'email', isIdentifier: true }]);
      await change.db.updateTable('audience').set({ columns }).where('endpoint_id', '=', source).execute();
      await change.db.updateTable('endpoint').set({ attributes: '[]' }).where('id', '=', source).execute();
    });

  it('an optional attribute is gone: left out, with a warning', async () => {
    const job = await changed('level:string', withoutTier);
    const waiting = await world.reaches(job, 'WAITING_TO_RECIEVE_DATA');
    expect(waiting['warnings']).toMatchObject([expect.stringContaining('tier')]);
    await world.upload(job, 'email\na@example.com\n');
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
    expect((await world.file(job)).text).toBe('email\r\na@example.com\r\n');
  });

  it('the audience names no columns any more: its files have those of the registration', async () => {
    const job = await changed(
      'level:string',
      ({ source }) =>
        changeCatalog(platform, (change) =>
          change.db.updateTable('audience').set({ columns: '[]' }).where('endpoint_id', '=', source).execute(),
        ),
      { attributeMappings: { tier: 'level' } },
    );
    await world.reaches(job, 'WAITING_TO_RECIEVE_DATA');
    await world.upload(job, 'email,tier\na@example.com,gold\n');
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
    expect((await world.file(job)).text).toBe('email,level\r\na@example.com,gold\r\n');
  });

  it('a required attribute is gone: INVALID_MAPPING', async () => {
    const job = await changed('level:string!', withoutTier);
    expect(await world.fails(job)).toMatchObject({ error: { code: 'INVALID_MAPPING' } });
  });

  it('an endpoint was disabled: ENDPOINT_DISABLED', async () => {
    for (const end of ['source', 'destination'] as const) {
      const job = await changed('level:string', (ids) => setEndpoint(ids[end], { status: 'DISABLED' }));
      expect(await world.fails(job)).toMatchObject({ error: { code: 'ENDPOINT_DISABLED' }, startedAt: null });
    }
  });

  it('the source does not offer the audience any more: SEGMENT_NOT_FOUND', async () => {
    const job = await changed('level:string', ({ source }) =>
      changeCatalog(platform, (change) => change.db.deleteFrom('audience').where('endpoint_id', '=', source).execute()),
    );
    expect(await world.fails(job)).toMatchObject({ error: { code: 'SEGMENT_NOT_FOUND' } });
    expect((await world.call(`GET /v1/jobs/SEGMENT_EXPORT/${job}`)).json).toMatchObject({
      errorDetails: expect.stringMatching(/^SEGMENT_NOT_FOUND: /) as string,
    });
  });

  it('an endpoint was disabled while the job ran: it goes on', async () => {
    const job = await changed('level:string', async () => {});
    await world.reaches(job, 'WAITING_TO_RECIEVE_DATA');
    const { source } = (await world.job(job)) as unknown as { source: { endpointId: number } };
    await setEndpoint(source.endpointId, { status: 'DISABLED' });
    await world.upload(job, 'email,tier\na@example.com,gold\n');
    expect(await world.reaches(job, 'READY_FOR_DOWNLOAD')).toMatchObject({ rowsReceived: 1, error: null });
  });
});

describe('more than the destination takes in one request', () => {
  // Made before the server runs: it takes seconds, in which the server would not be heard.
  const body = gzipSync(
    `email,tier\n${good(3400)
      .map((email) => `${email},${'x'.repeat(32_000)}`)
      .join('\n')}\n`,
  );
  const push = () => addDestination(platform, { destination_type: 'push', destination_url: peer.url(), attributed: 'level:string' });

  it('REPLACE is never split: TOO_LARGE, before a byte is sent', { timeout: 120_000 }, async () => {
    const job = await world.waiting(replace({ destination: { endpointId: await push(), segmentId: 'x' } }));
    expect((await world.upload(job, body, { 'content-encoding': 'gzip' })).status).toBe(202);
    expect(await world.fails(job)).toMatchObject({ error: { code: 'TOO_LARGE' }, rowsSent: 0 });
    expect(peer.received).toEqual([]);
  });

  it('ADD is split; each request has its own key', { timeout: 120_000 }, async () => {
    const job = await world.waiting({ destination: { endpointId: await push(), segmentId: 'x' } });
    await world.upload(job, body, { 'content-encoding': 'gzip' });
    expect(await world.reaches(job, 'COMPLETE')).toMatchObject({ rowsSent: 3400 });
    expect(peer.received.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array.from({ length: 2 }, () => 'POST /v1/segments/x/data'),
    );
    expect(new Set(peer.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
    expect(peer.received.reduce((sum, { text }) => sum + text.split('\r\n').length - 2, 0)).toBe(3400);
  });
});

/** The last ones: they move the clock. */
describe('time', () => {
  it('no upload for 24 hours, counted from the last file: PEER_TIMEOUT', async () => {
    const [none, some] = [await world.waiting(), await world.waiting()];
    platform.clock.forward(23 * hourMs);
    expect((await world.upload(some, csv('a@example.com'), { query: '?final=false' })).status).toBe(202);
    platform.clock.forward(hourMs);
    expect(await world.fails(none)).toMatchObject({ error: { code: 'PEER_TIMEOUT' } });
    expect(await world.job(some)).toMatchObject({ status: 'RECEIVING_DATA' });
    platform.clock.forward(23 * hourMs);
    expect(await world.fails(some)).toMatchObject({ error: { code: 'PEER_TIMEOUT' } });
  });

  it('no download for 72 hours, and no report so long after the last one: PEER_TIMEOUT', async () => {
    const [never, fetched] = [await world.uploaded(csv('a@example.com')), await world.uploaded(csv('a@example.com'))];
    platform.clock.forward(71 * hourMs);
    expect((await world.file(fetched)).status).toBe(200);
    platform.clock.forward(hourMs);
    expect(await world.fails(never)).toMatchObject({ error: { code: 'PEER_TIMEOUT' } });
    expect(await world.job(fetched)).toMatchObject({ status: 'SENDING_DATA' });
    platform.clock.forward(71 * hourMs);
    expect(await world.fails(fetched)).toMatchObject({ error: { code: 'PEER_TIMEOUT' } });
  });

  it('a scheduled run says which share it is of; the third failure running disables the share', async () => {
    const at = new Date(platform.clock.nowMs() + 60_000).toISOString();
    const { shareId } = await world.share({ schedule: { type: 'DAILY', at } });
    const shared = async () => (await world.call(`GET /v1/shares/${shareId}`)).json as Record<string, unknown>;
    let last: unknown = null;
    for (let times = 1; times <= 3; times++) {
      expect(await shared()).toMatchObject({ enabled: true, disabledReason: null });
      platform.clock.forward(times === 1 ? 60_000 : 24 * hourMs);
      await expect.poll(async () => (await shared())['lastJobId']).not.toBe(last);
      last = (await shared())['lastJobId'];
      const job = Number(last);
      await world.reaches(job, 'WAITING_TO_RECIEVE_DATA');
      expect((await world.call(`GET /v1/jobs/SEGMENT_EXPORT/${job}`)).json).toMatchObject({ scheduledJobId: shareId });
      expect(await world.job(job)).toMatchObject({ scheduled: true });
      await world.upload(job, csv('nobody'));
      await world.fails(job);
    }
    expect(await shared()).toMatchObject({ enabled: false, disabledReason: 'FAILURES', nextRunAt: null });
  });

  it('files go 7 days after the end, the job after 13 months', async () => {
    const job = await world.uploaded(csv('a@example.com'));
    await world.report(job, { status: 'COMPLETE' });
    const folder = join(platform.path, 'files', 'exchange', String(job));
    const gone = async () => (await world.call(`GET /v1/share-jobs/${job}`)).status === 404;
    platform.clock.forward(7 * 24 * hourMs - 1);
    expect(existsSync(folder)).toBe(true);
    platform.clock.forward(1 + hourMs);
    await expect.poll(() => existsSync(folder)).toBe(false);
    expect(await gone()).toBe(false);
    platform.clock.forward(396 * 24 * hourMs);
    await expect.poll(gone).toBe(true);
  });
});
