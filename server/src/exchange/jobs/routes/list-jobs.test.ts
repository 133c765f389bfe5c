import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../test/api.ts';
import { ExchangeClient, pullDestination, pushSource } from '../../../../test/exchange-client.ts';
import { codeOf, JobWorld } from '../../../../test/exchange-jobs.ts';
import { type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';

let platform: PlatformServer;
let world: JobWorld;
let client: ExchangeClient;
beforeAll(async () => {
  platform = await startPlatform();
  world = await JobWorld.of(platform);
  client = new ExchangeClient(platform);
});
afterAll(() => platform.stop());

const ids = ({ json }: Answer): number[] => (json as { jobId: number }[]).map(({ jobId }) => jobId);
const nextOf = ({ headers }: Answer): string => /<([^>]+)>; rel="next"/.exec(String(headers['link'] ?? ''))?.[1] ?? '';

/** A producer, a consumer and a job between them that waits. */
async function between() {
  const [producer, consumer] = [await client.ready(pushSource), await client.ready(pullDestination)];
  const segments = [{ id: '8000000000000001152', name: 'Gold', segment_attributes: [{ name: 'email', type: 'email' }] }];
  await client.withKey(producer.key, `POST /v1/endpoint/${producer.id}/segments`, segments);
  const job = await world.waiting({
    source: { endpointId: producer.id, segmentId: '8000000000000001152' },
    destination: { endpointId: consumer.id, segmentId: 'x' },
    shareAction: 'REMOVE',
  });
  return { producer, consumer, job };
}

describe('listExchangeJobs and readExchangeJob', () => {
  it('200: a job as the protocol writes it, and what extraFields adds', async () => {
    const { producer, consumer, job } = await between();
    const read = await client.withKey(producer.key, `GET /v1/jobs/SEGMENT_EXPORT/${job}`);
    expect(read.json).toEqual({
      jobCategory: 'SEGMENT_EXPORT',
      jobName: 'EXPORT_SEGMENT',
      jobId: job,
      accountId: 10,
      scheduledJobId: null,
      status: 'WAITING_TO_RECIEVE_DATA',
      subStatus: 'WAITING_TO_RECIEVE_DATA',
      errorDetails: null,
      segmentDataFiles: null,
      segmentDataFormat: null,
      destinationSegmentID: 'x',
      destinationSegmentName: null,
      destinationSegmentDescription: null,
      destinationEndpointID: consumer.id,
      exportCategory: '',
      producerEndpointID: producer.id,
      producerSegmentID: Number('8000000000000001152'),
      attributeMappings: { tier: 'level' },
      identityMappings: null,
      shareAction: 'REMOVE',
      sourceIdentifiers: ['email'],
      destinationIdentifier: 'email',
    });
    expect(read.text).toContain('"producerSegmentID":8000000000000001152,');
    expect((await client.withKey(consumer.key, 'GET /v1/jobs/SEGMENT_EXPORT?extraFields=true')).json).toMatchObject([
      { jobId: job, createdAt: '2026-01-15T12:00:00Z', updatedAt: '2026-01-15T12:00:00Z', rowsReceived: 0, rowsSent: 0, rowsRejected: 0 },
    ]);
  });

  it('200: an endpoint’s key sees its own jobs, the member’s all, oldest first, in pages', async () => {
    const { producer, job } = await between();
    const { job: other } = await between();
    const list = 'GET /v1/jobs/SEGMENT_EXPORT' as const;
    expect(ids(await client.withKey(producer.key, list))).toEqual([job]);
    expect(ids(await world.call(`${list}?endpointId=${producer.id}`))).toEqual([job]);
    const all: number[] = [];
    for (let path = '/v1/jobs/SEGMENT_EXPORT?limit=2'; path !== '';) {
      const page = await world.call(`GET ${path}` as 'GET /');
      expect(ids(page).length).toBeLessThanOrEqual(2);
      all.push(...ids(page));
      path = nextOf(page);
    }
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(all.slice(-2)).toEqual([job, other]);
  });

  it('200: by status; the correct spelling is understood', async () => {
    const { producer, job } = await between();
    const asked = async (status: string) => ids(await client.withKey(producer.key, `GET /v1/jobs/SEGMENT_EXPORT?status=${status}`));
    expect(await asked('WAITING_TO_RECIEVE_DATA')).toEqual([job]);
    expect(await asked('WAITING_TO_RECEIVE_DATA')).toEqual([job]);
    expect(await asked('READY_FOR_DOWNLOAD')).toEqual([]);
    for (const category of ['IDENTITY_IMPORT', 'SEGMENT_POPULATE_DB'] as const)
      expect((await client.withKey(producer.key, `GET /v1/jobs/${category}`)).json).toEqual([]);
  });

  it('400, 403 and 404', async () => {
    const { producer, consumer, job } = await between();
    const { producer: third } = await between();
    const as = (key: string, path: string) => client.withKey(key, `GET /v1/jobs/${path}`);
    expect(codeOf(await as(producer.key, 'SEGMENT_EXPORT?status=DONE'))).toEqual([400, 'INVALID_REQUEST']);
    expect(codeOf(await as(consumer.key, `SEGMENT_EXPORT?endpointId=${producer.id}`))).toEqual([403, 'AUTH_SCOPE']);
    expect(codeOf(await as(producer.key, 'SEGMENT_IMPORT'))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await as(producer.key, `SEGMENT_POPULATE_DB/${job}`))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await as(third.key, `SEGMENT_EXPORT/${job}`))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await world.call(`GET /v1/jobs/SEGMENT_EXPORT/${job}`, { as: 'stranger' }))).toEqual([404, 'NOT_FOUND']);
  });

  it('429: an endpoint that polls too often is told when to come; others, and people, are not', async () => {
    const { producer, consumer } = await between();
    const poll = (key: string) => client.withKey(key, 'GET /v1/jobs/SEGMENT_EXPORT');
    for (let times = 0; times < 60; times++) expect((await poll(producer.key)).status).toBe(200);
    const refused = await poll(producer.key);
    expect([codeOf(refused), refused.headers['retry-after']]).toEqual([[429, 'RATE_LIMITED'], '10']);
    expect((await poll(consumer.key)).status).toBe(200);
    for (let times = 0; times < 61; times++) expect((await world.call('GET /v1/jobs/SEGMENT_EXPORT', { as: 'provider' })).status).toBe(200);
    platform.clock.forward(10_000);
    expect((await poll(producer.key)).status).toBe(200);
    expect((await poll(producer.key)).status).toBe(429);
  });
});

describe('readShareJobRejects', () => {
  it('200: rows that were left out, with their lines; names of files where there are several', async () => {
    const job = await world.waiting();
    await world.upload(job, 'email\nana@example.com\nnobody\n', { query: '?final=false' });
    await world.upload(job, 'email,tier\n"two\nlines",x\n,gold\nraj@example.com\n');
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
    expect((await world.rejects(job)).map((line) => line.split(',').slice(0, 2).join()).toSorted()).toEqual([
      `${job}_1.csv:3,INVALID_IDENTIFIER`,
      `${job}_2.csv:2,INVALID_IDENTIFIER`,
      `${job}_2.csv:4,MISSING_IDENTIFIER`,
      `${job}_2.csv:5,CELL_COUNT`,
    ]);
    expect(await world.job(job)).toMatchObject({ rowsReceived: 5, rowsRejected: 4 });
  });

  it('200: its header alone, where nothing was left out; 403: a viewer; 404: another member’s, and after 7 days', async () => {
    const clean = await world.waiting();
    expect((await world.call(`GET /v1/share-jobs/${clean}/rejects`)).text).toBe('line,code,message,row\r\n');
    expect(codeOf(await world.call(`GET /v1/share-jobs/${clean}/rejects`, { as: 'viewer' }))).toEqual([403, 'AUTH_SCOPE']);
    expect(codeOf(await world.call(`GET /v1/share-jobs/${clean}/rejects`, { as: 'stranger' }))).toEqual([404, 'NOT_FOUND']);
    const job = await world.uploaded('email\nana@example.com\nnobody\n');
    await world.report(job, { status: 'COMPLETE' });
    platform.clock.forward(7 * 86_400_000);
    expect(codeOf(await world.call(`GET /v1/share-jobs/${job}/rejects`))).toEqual([404, 'NOT_FOUND']);
  });
});

/** The last: sessions end when the clock is moved so far. */
describe('listShareJobs', () => {
  it('200: recent ones newest first, historical ones 72 hours after their end; of one share', async () => {
    const share = async () => world.share({ schedule: { type: 'AT', at: '2040-01-01T00:00:00Z' } });
    const { shareId } = await share();
    const run = async () => Number((await world.call(`POST /v1/shares/${shareId}/run`, { json: {} })).json?.['jobId' as never]);
    const first = await run();
    await world.cancel(first);
    const second = await run();
    const list = (view: string) => world.call(`GET /v1/share-jobs?view=${view}&shareId=${shareId}`);
    expect([ids(await list('recent')), ids(await list('historical'))]).toEqual([[second, first], []]);
    platform.clock.forward(72 * 3600_000 - 1);
    expect(ids(await list('historical'))).toEqual([]);
    platform.clock.forward(1);
    expect(ids(await list('historical'))).toEqual([first]);
    expect(ids(await list('recent'))).not.toContain(first);
  });

  it('200: what is scheduled', async () => {
    const { shareId } = await world.share({ schedule: { type: 'CUSTOM', at: '2040-01-01T00:00:00Z', every: { n: 2, unit: 'WEEK' } } });
    const read = async () => (await world.call(`GET /v1/share-jobs?view=scheduled&shareId=${shareId}`)).json;
    const told = { shareId, name: 'Gold to Ad Reach', frequency: 'Every 2 weeks' };
    expect(await read()).toEqual([{ ...told, status: 'Enabled', nextRunAt: '2040-01-01T00:00:00Z' }]);
    await world.call(`PUT /v1/shares/${shareId}`, { json: { enabled: false } });
    expect(await read()).toEqual([{ ...told, status: 'Disabled', nextRunAt: null }]);
    const { shareId: now } = await world.share();
    expect((await world.call(`GET /v1/share-jobs?view=scheduled&shareId=${now}`)).json).toEqual([]);
  });

  it('400: no such view', async () => {
    expect(codeOf(await world.call('GET /v1/share-jobs?view=all'))).toEqual([400, 'INVALID_REQUEST']);
  });
});
