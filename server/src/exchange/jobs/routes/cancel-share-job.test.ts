import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, JobWorld } from '../../../../test/exchange-jobs.ts';
import { type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';
import { type PeerServer, startPeer } from '../../peer/peer-server.fixture.ts';
import { addDestination, addEndpoint, builtInEndpoint, changeCatalog, offer } from '../../shares/exchange.fixture.ts';

const csv = 'email\nana@example.com\n';

let platform: PlatformServer;
let world: JobWorld;
/** Takes data, and never finishes its job. */
let slow: PeerServer;
beforeAll(async () => {
  slow = await startPeer((_request, response) =>
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"jobId":"a1","status":"RUNNING","jobData":[]}'),
  );
  platform = await startPlatform({ settings: { allowPrivateEndpoints: true } });
  world = await JobWorld.of(platform);
});
afterAll(async () => {
  await platform.stop();
  await slow[Symbol.asyncDispose]();
});

const folderOf = (job: number) => join(platform.path, 'files', 'exchange', String(job));

describe('200', () => {
  it('CREATED: a job that nothing has begun', async () => {
    const known = await world.waiting();
    let job = 0;
    await changeCatalog(platform, async (change) => {
      job = await change.newIds('share_job');
      const row = await change.db.selectFrom('share_job').selectAll().where('id', '=', known).executeTakeFirstOrThrow();
      // No task does it.
      await change.db
        .insertInto('share_job')
        .values({ ...row, id: job, status: 'CREATED', waits_until: null })
        .execute();
    });
    expect((await world.cancel(job)).json).toMatchObject({ status: 'CANCELED' });
  });

  it('WAITING_TO_RECIEVE_DATA: a later upload is 409', async () => {
    const job = await world.waiting();
    const answer = await world.cancel(job);
    expect([answer.status, answer.json]).toMatchObject([200, { jobId: job, status: 'CANCELED', state: 'Canceled', error: null }]);
    expect((answer.json as { timeline: { status: string }[] }).timeline.map(({ status }) => status)).toEqual([
      'CREATED',
      'WAITING_TO_RECIEVE_DATA',
      'CANCELED',
    ]);
    expect((answer.json as { completedAt: string }).completedAt).toBe(new Date(platform.clock.nowMs()).toISOString().replace('.000', ''));
    expect(codeOf(await world.upload(job, csv))).toEqual([409, 'BAD_STATE']);
  });

  it('RECEIVING_DATA: what has come is gone', async () => {
    const job = await world.waiting();
    await world.upload(job, csv, { query: '?final=false' });
    expect(existsSync(folderOf(job))).toBe(true);
    expect((await world.cancel(job)).status).toBe(200);
    expect(existsSync(folderOf(job))).toBe(false);
    expect(codeOf(await world.upload(job, csv))).toEqual([409, 'BAD_STATE']);
  });

  it('READY_FOR_DOWNLOAD: the files are gone; download and report are 409', async () => {
    const job = await world.uploaded(csv);
    expect((await world.cancel(job)).status).toBe(200);
    expect(existsSync(folderOf(job))).toBe(false);
    expect(codeOf(await world.file(job))).toEqual([409, 'BAD_STATE']);
    expect(codeOf(await world.report(job, { status: 'COMPLETE' }))).toEqual([409, 'BAD_STATE']);
  });

  it('SENDING_DATA by download: no further download or report', async () => {
    const job = await world.uploaded(csv);
    await world.file(job);
    expect((await world.cancel(job)).status).toBe(200);
    expect(codeOf(await world.file(job))).toEqual([409, 'BAD_STATE']);
    expect(codeOf(await world.report(job, { status: 'COMPLETE' }))).toEqual([409, 'BAD_STATE']);
  });

  it('SENDING_DATA to a push consumer: nothing more is asked of it', async () => {
    const push = await addDestination(platform, { destination_type: 'push', destination_url: slow.url() });
    const job = await world.uploaded(csv, { destination: { endpointId: push, segmentId: 't' }, attributeMappings: {} }, 'SENDING_DATA');
    await expect.poll(() => slow.received.length).toBeGreaterThan(0);
    expect((await world.cancel(job)).json).toMatchObject({ status: 'CANCELED' });
    await expect.poll(() => existsSync(folderOf(job))).toBe(false);
    const asked = slow.received.length;
    const next = await world.uploaded(csv, { destination: { endpointId: push, segmentId: 'u' }, attributeMappings: {} }, 'SENDING_DATA');
    await expect.poll(() => slow.received.length).toBeGreaterThan(asked);
    expect(slow.received.slice(asked).every(({ path }) => path.includes('/u/'))).toBe(true);
    await world.cancel(next);
  });

  it('SENDING_DATA of a REPLACE of a segment: the old audience stays', async () => {
    const source = await addEndpoint(platform, { named: 'uid:user_id' });
    await offer(platform, source, 'people', 'uid:user_id');
    const segment = await world.segment();
    const into = (shareAction: string) => ({
      source: { endpointId: source, segmentId: 'people' },
      identityMapping: { sourceIdentifiers: ['uid'], destinationIdentifier: 'user_id' },
      attributeMappings: {},
      shareAction,
    });
    const destination = { endpointId: await builtInEndpoint(platform), segmentId: String(segment) };
    await world.uploaded('uid\n7\n', { ...into('ADD'), destination }, 'COMPLETE');
    const rows = Array.from({ length: 400_000 }, (_, at) => at + 1000).join('\n');
    const job = await world.waiting({ ...into('REPLACE'), destination });
    await world.upload(job, `uid\n${rows}\n`);
    await expect.poll(async () => (await world.job(job))['status'], { interval: 1 }).toBe('SENDING_DATA');
    expect((await world.cancel(job)).status).toBe(200);
    await expect.poll(() => existsSync(folderOf(job))).toBe(false);
    const shown = await world.uploaded('uid\n8\n', { ...into('ADD'), destination }, 'COMPLETE');
    expect(await world.job(shown)).toMatchObject({ rowsSent: 1 });
    const out = await addDestination(platform, { named: 'uid:user_id' });
    const read = await world.share({
      source: destination,
      destination: { endpointId: out, segmentId: 'x' },
      identityMapping: { sourceIdentifiers: ['user_id'], destinationIdentifier: 'uid' },
      attributeMappings: {},
    });
    await world.reaches(read.jobId, 'READY_FOR_DOWNLOAD');
    expect((await world.file(read.jobId)).text.split('\r\n').toSorted()).toEqual(['', '7', '8', 'uid']);
  });

  it('a canceled job again: unchanged', async () => {
    const job = await world.waiting();
    const first = await world.cancel(job);
    platform.clock.forward(1000);
    expect((await world.cancel(job)).json).toEqual(first.json);
  });

  it('the same Idempotency-Key: the same answer, whole', async () => {
    const job = await world.waiting();
    const answers = [1, 2].map(() => world.cancel(job, { 'idempotency-key': `cancel ${job}` }));
    const [first, second] = await Promise.all(answers);
    expect(first?.json).toMatchObject({ jobId: job, status: 'CANCELED' });
    expect(second?.json).toEqual(first?.json);
  });
});

describe('404 and 409', () => {
  it('404: another member’s, nobody’s', async () => {
    const job = await world.waiting();
    expect(codeOf(await world.call(`POST /v1/share-jobs/${job}/cancel`, { as: 'stranger' }))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await world.cancel(999_999))).toEqual([404, 'NOT_FOUND']);
    expect(await world.job(job)).toMatchObject({ state: 'Pending' });
  });

  it('409: COMPLETE and FAILED', async () => {
    for (const status of ['COMPLETE', 'FAILED']) {
      const job = await world.uploaded(csv);
      await world.report(job, { status });
      expect(codeOf(await world.cancel(job))).toEqual([409, 'BAD_STATE']);
      expect(await world.job(job)).toMatchObject({ status });
    }
  });
});
