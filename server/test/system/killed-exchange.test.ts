/** Jobs of the exchange whose server is killed in every state that they have: afterwards all is as in a run that nothing disturbed. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pullDestination, pullSource, pushSource, type ReadyEndpoint } from '../exchange-client.ts';
import { PullProducer, PushConsumer } from '../exchange-peers.ts';
import { audience, countsOf, ExchangeScene, rowsOf } from './exchange-scene.ts';

// Each start of the server counts, and there are many.
vi.setConfig({ testTimeout: 600_000 });
const scene = new ExchangeScene('killed-exchange');
let source: ReadyEndpoint;
let reader: ReadyEndpoint;
beforeAll(async () => {
  await scene.begin();
  source = await scene.endpoint('Store CRM', pushSource);
  reader = await scene.endpoint('Warehouse', pullDestination);
});
afterAll(() => scene.end());

const many = process.env['FOYER_TEST_FULL'] ? 2_000_000 : 300_000;
const first = rowsOf(0, many / 2);
const second = rowsOf(many / 2, many);
const digestOf = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');
const headerOf = (endpoint: ReadyEndpoint, job: number, length: number): string =>
  `POST /v1/jobs/${job}/data HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${endpoint.key}\r\ncontent-type: text/csv\r\ncontent-length: ${length}\r\n\r\n`;

/** The same share, run by nobody's hand but the server's. */
async function undisturbed(): Promise<{ counts: object; rows: string; rejects: string; onDisk: readonly string[] }> {
  const job = await scene.share(source, reader);
  await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
  await scene.upload(source, job, first, '?final=false');
  await scene.upload(source, job, second);
  await scene.reaches(job, 'READY_FOR_DOWNLOAD');
  const rows = digestOf((await scene.delivered(reader, job)).join('\n'));
  await scene.as(reader, `PUT /v1/jobs/${job}`, { json: { status: 'COMPLETE' } });
  const renamed = (text: string): string => text.replaceAll(`${job}_`, 'JOB_');
  return {
    counts: countsOf(await scene.job(job)),
    rows,
    rejects: renamed(await scene.rejects(job)),
    onDisk: scene.onDisk(job).map(renamed),
  };
}

/** Sends the begin of an upload and waits until some of it has come. */
async function halfAnUpload(job: number): Promise<void> {
  const { hostname, port } = new URL(scene.server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(headerOf(source, job, first.length) + first.slice(0, first.length / 2));
  await scene.untilOnDisk(job, /^part_/);
}

test('a push producer and a pull consumer: killed in each state, the files, the counts and the rejects are those of a run without', async () => {
  const expected = await undisturbed();
  const job = await scene.share(source, reader);
  await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
  await scene.killAndStart();
  expect(await scene.job(job)).toMatchObject({ status: 'WAITING_TO_RECIEVE_DATA', rowsReceived: 0 });

  await halfAnUpload(job);
  await scene.killAndStart();
  expect(scene.onDisk(job)).toEqual([]);
  expect(await scene.job(job)).toMatchObject({ status: 'WAITING_TO_RECIEVE_DATA', rowsReceived: 0 });

  const taken = await scene.upload(source, job, first, '?final=false');
  expect(taken.status).toBe(202);
  await scene.killAndStart();
  // Known by its digest, however it is packed.
  const again = await scene.upload(source, job, gzipSync(first), '?final=false', { 'content-encoding': 'gzip' });
  expect([again.status, again.json]).toEqual([202, taken.json]);

  expect((await scene.upload(source, job, second)).status).toBe(202);
  await scene.killAndStart();
  await scene.untilOnDisk(job, /^(work|out)/);
  await scene.killAndStart();
  await scene.untilOnDisk(job, /^out.\d+_1\.csv$/);
  await scene.killAndStart();
  await scene.reaches(job, 'READY_FOR_DOWNLOAD');
  await scene.killAndStart();
  expect(await scene.job(job)).toMatchObject({ status: 'READY_FOR_DOWNLOAD' });

  const [file = ''] = await scene.files(reader, job);
  const half = await scene.download(reader, job, file, { range: 'bytes=0-99999' });
  await scene.killAndStart();
  const etag = String(half.headers['etag']);
  const rest = await scene.download(reader, job, file, { range: 'bytes=100000-', 'if-range': etag });
  expect([half.status, rest.status]).toEqual([206, 206]);
  expect(`"${digestOf(half.text + rest.text)}"`).toBe(etag);
  expect(await scene.job(job)).toMatchObject({ status: 'SENDING_DATA' });

  expect((await scene.as(reader, `PUT /v1/jobs/${job}`, { json: { status: 'COMPLETE' } })).status).toBe(200);
  await scene.killAndStart();
  expect((await scene.as(reader, `PUT /v1/jobs/${job}`, { json: { status: 'COMPLETE' } })).status).toBe(200);
  const renamed = (text: string): string => text.replaceAll(`${job}_`, 'JOB_');
  expect(countsOf(await scene.job(job))).toEqual(expected.counts);
  expect(renamed(await scene.rejects(job))).toBe(expected.rejects);
  expect(scene.onDisk(job).map(renamed)).toEqual(expected.onDisk);
  // A difference in this many rows is too long to be shown.
  expect(digestOf((await scene.delivered(reader, job)).join('\n'))).toBe(expected.rows);
});

test('a pull producer: killed while its job is asked for, while it is polled, between parts and in the middle of one', async () => {
  await using peer = await new PullProducer(audience).start();
  const producer = await scene.endpoint('CDP', pullSource(peer.url));
  peer.parts = [0, 1, 2].map((part) => rowsOf(part * 3000, (part + 1) * 3000));
  const plain = await scene.share(producer, reader);
  await scene.reaches(plain, 'READY_FOR_DOWNLOAD');
  const rows = await scene.delivered(reader, plain);
  const counts = countsOf(await scene.job(plain));
  peer.requests.length = 0;
  peer.jobs.clear();

  // Killed at each of these while the producer waits with its answer.
  const kills = ['POST /v1/jobs', 'GET /v1/jobs/j1', 'GET /v1/jobs/j1/data/p0', 'GET /v1/jobs/j1/data/p1', 'GET /v1/jobs/j1/data/p1'];
  let reached = Promise.withResolvers<void>();
  peer.polls = 2;
  peer.cut.add(1);
  peer.before = ({ method, path }) => {
    if (kills[0] !== `${method} ${path}`) return false;
    kills.shift();
    reached.resolve();
    // Of the last one the first half has been sent.
    return kills.length > 0;
  };
  const job = await scene.share(producer, reader);
  for (let kill = 1; kill <= 5; kill++) {
    await reached.promise;
    if (kill === 5) await scene.untilOnDisk(job, /^in_2$/);
    reached = Promise.withResolvers();
    await scene.killAndStart();
  }
  await scene.reaches(job, 'READY_FOR_DOWNLOAD');
  expect(peer.jobs.size).toBe(1);
  // What had come whole was not fetched again.
  expect(peer.count('GET /v1/jobs/j1/data/p0')).toBe(2);
  expect(peer.count('GET /v1/jobs/j1/data/p1')).toBe(3);
  expect(await scene.delivered(reader, job)).toEqual(rows);
  expect(countsOf(await scene.job(job))).toEqual(counts);
  expect(scene.onDisk(job).filter((name) => name.startsWith('in_'))).toEqual(['in_1', 'in_2', 'in_3']);
});

test("a refresh of a pull producer's audiences begins again", async () => {
  await using peer = await new PullProducer(audience).start();
  const producer = await scene.endpoint('CDP 2', pullSource(peer.url));
  const asked = Promise.withResolvers<void>();
  peer.before = () => {
    asked.resolve();
    return true;
  };
  const answer = await scene.ask('POST /v1/audiences/refresh', { endpointId: producer.id });
  const { jobId } = answer.json as { jobId: number };
  await asked.promise;
  peer.before = () => false;
  await scene.killAndStart();
  expect(await scene.reaches(jobId, 'COMPLETE')).toMatchObject({ state: 'Complete' });
});

const pushTo = (peer: PushConsumer) => ({
  destination: { enabled: true, destinationType: 'push', url: peer.url, shareActions: ['ADD', 'REPLACE'] },
});

/** Answers when the peer gets a request of this kind that it does not answer any more; all others are. */
function silentAt(peer: PushConsumer, start: string): Promise<void> {
  const reached = Promise.withResolvers<void>();
  peer.before = ({ method, path }) => {
    if (!`${method} ${path}`.startsWith(start)) return false;
    peer.before = () => false;
    reached.resolve();
    return true;
  };
  return reached.promise;
}

describe('a push consumer', () => {
  test('ADD to a new audience: killed before each answer and while its jobs are polled, everything arrives once', async () => {
    await using peer = await new PushConsumer().start();
    const consumer = await scene.endpoint('Ad Reach', pushTo(peer));
    // Two requests: one takes 100 MiB.
    const wide = rowsOf(0, 4000, 'x'.repeat(30_000));
    const job = await scene.share(source, consumer);
    await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
    let reached = silentAt(peer, 'POST /v1/segments');
    await scene.upload(source, job, gzipSync(wide, { level: 1 }), '', { 'content-encoding': 'gzip' });
    for (const next of ['POST /v1/segments/s-1/data', 'GET /v1/jobs/d1', 'POST /v1/segments/s-1/data', 'GET /v1/jobs/d2']) {
      await reached;
      reached = silentAt(peer, next);
      peer.polls = 1;
      await scene.killAndStart();
    }
    await reached;
    await scene.killAndStart();
    const { rowsSent } = await scene.reaches(job, 'COMPLETE');
    expect(peer.confused).toEqual([]);
    expect(peer.applied.map(({ what }) => what)).toEqual(['POST /v1/segments', 'POST /v1/segments/s-1/data', 'POST /v1/segments/s-1/data']);
    const people = peer.data.flatMap(({ rows }) => rows.map((row) => row.slice(0, row.indexOf(','))));
    expect(new Set(people).size).toBe(people.length);
    expect(rowsSent).toBe(people.length);
    expect(people.toSorted()).toEqual(peopleOf(wide));
  });

  test('REPLACE stays one PUT, killed before its answer and twice while its job is polled', async () => {
    await using peer = await new PushConsumer().start();
    const consumer = await scene.endpoint('Ad Reach 2', pushTo(peer));
    const job = await scene.share(source, consumer, { destination: { endpointId: consumer.id, segmentId: 's-7' }, shareAction: 'REPLACE' });
    await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
    const text = rowsOf(0, 5000);
    let reached = silentAt(peer, 'PUT /v1/segments/s-7/data');
    peer.polls = 3;
    await scene.upload(source, job, text);
    for (let kill = 0; kill < 2; kill++) {
      await reached;
      reached = silentAt(peer, 'GET /v1/jobs/d1');
      await scene.killAndStart();
    }
    await reached;
    expect(await scene.job(job)).toMatchObject({ status: 'SENDING_DATA' });
    await scene.killAndStart();
    await scene.reaches(job, 'COMPLETE');
    expect(peer.confused).toEqual([]);
    expect(peer.applied.map(({ what }) => what)).toEqual(['PUT /v1/segments/s-7/data']);
    expect(peer.data[0]?.rows.map((row) => row.slice(0, row.indexOf(','))).toSorted()).toEqual(peopleOf(text));
  });

  test('SIGTERM while it keeps us waiting: the server ends, and the next one goes on', async () => {
    await using peer = await new PushConsumer().start();
    const consumer = await scene.endpoint('Ad Reach 3', pushTo(peer));
    const job = await scene.share(source, consumer);
    await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
    const reached = silentAt(peer, 'POST /v1/segments/s-1/data');
    await scene.upload(source, job, rowsOf(0, 2000));
    await reached;
    expect(await scene.server.stop()).toEqual({ code: 0, signal: null });
    await scene.startAgain();
    expect(await scene.reaches(job, 'COMPLETE')).toMatchObject({ rowsSent: peer.data[0]?.rows.length });
    expect(peer.data).toHaveLength(1);
  });
});

/** E-mail addresses of the rows that are good, each once. */
function peopleOf(text: string): readonly string[] {
  const good = text
    .split('\r\n')
    .slice(1, -1)
    .filter((line) => !line.endsWith(',much'));
  return [...new Set(good.map((line) => line.slice(0, line.indexOf(','))))].toSorted();
}

test('more kills than a task has attempts do not leave a job where it stands', async () => {
  await using peer = await new PushConsumer().start();
  const consumer = await scene.endpoint('Ad Reach 4', pushTo(peer));
  const job = await scene.share(source, consumer);
  await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
  let reached = silentAt(peer, 'POST /v1/segments');
  await scene.upload(source, job, rowsOf(0, 10));
  for (let kill = 0; kill < 5; kill++) {
    await reached;
    reached = silentAt(peer, 'POST /v1/segments');
    await scene.killAndStart();
  }
  await reached;
  peer.before = () => false;
  await scene.killAndStart();
  await scene.reaches(job, 'COMPLETE');
  expect(peer.applied).toHaveLength(2);
});

describe('schedules', () => {
  const at = (ms: number): string => new Date(ms).toISOString();

  test('what was due while the server was down runs once', async () => {
    const dueMs = Date.now() + 2500;
    const schedules = [
      { type: 'AT', at: at(dueMs) },
      { type: 'DAILY', at: at(dueMs), count: 5 },
    ];
    const shares: number[] = [];
    for (const schedule of schedules) {
      const { shareId } = (await scene.shared(source, reader, { schedule })).json as { shareId: number };
      shares.push(shareId);
    }
    await scene.killAndStart(() => sleep(Math.max(0, dueMs + 200 - Date.now())));
    for (const [index, share] of shares.entries()) {
      let jobs: readonly { scheduled: boolean; status: string }[] = [];
      while (jobs[0]?.status !== 'WAITING_TO_RECIEVE_DATA') {
        jobs = (await scene.ask(`GET /v1/share-jobs?shareId=${share}`)).json as never;
        await sleep(20);
      }
      expect(jobs).toMatchObject([{ scheduled: true }]);
      const { nextRunAt } = (await scene.ask(`GET /v1/shares/${share}`)).json as { nextRunAt: string | null };
      expect(nextRunAt && Date.parse(nextRunAt)).toBe(index === 0 ? null : dueMs + 24 * 3600_000);
    }
    await scene.killAndStart();
    await sleep(1500);
    for (const share of shares) expect((await scene.ask(`GET /v1/share-jobs?shareId=${share}`)).json).toHaveLength(1);
  });
});
