import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, JobWorld } from '../../../../test/exchange-jobs.ts';
import { type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';

let platform: PlatformServer;
let world: JobWorld;
beforeAll(async () => {
  platform = await startPlatform();
  world = await JobWorld.of(platform);
});
afterAll(() => platform.stop());

const ready = () => world.uploaded('email\na@example.com\nb@example.com\nnobody\n');

describe('200', () => {
  it('COMPLETE counts the rows that were fetched; an identical repeat is answered the same', async () => {
    const job = await ready();
    await world.file(job);
    const told = { status: 'COMPLETE', subStatus: 'LOADED', errorDetails: null };
    const first = await world.report(job, told);
    expect([first.status, first.json]).toMatchObject([200, { jobId: job, status: 'COMPLETE', subStatus: 'LOADED', errorDetails: null }]);
    expect((await world.report(job, told)).json).toEqual(first.json);
    expect(await world.job(job)).toMatchObject({ state: 'Complete', rowsReceived: 3, rowsSent: 2, rowsRejected: 1, error: null });
  });

  it('twice at once is once', async () => {
    const job = await ready();
    const answers = await Promise.all([1, 2].map(() => world.report(job, { status: 'COMPLETE' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const ended = (await platform.audit()).filter(({ object_type, object_id }) => object_type === 'share_job' && object_id === String(job));
    expect(ended.filter(({ operation }) => operation === 'reportJob').length).toBe(1);
  });

  it('COMPLETE without a download: the consumer knows best', async () => {
    const job = await ready();
    expect((await world.report(job, { status: 'COMPLETE' })).status).toBe(200);
  });

  it('FAILED, with what the consumer says of it', async () => {
    const job = await ready();
    const answer = await world.report(job, { status: 'FAILED', subStatus: 'DISK', errorDetails: 'No space left' });
    expect(answer.json).toMatchObject({
      status: 'FAILED',
      subStatus: 'DISK',
      errorDetails: 'PEER_FAILED: The destination says: No space left',
    });
    expect(await world.job(job)).toMatchObject({ state: 'Failed', rowsSent: 0, error: { code: 'PEER_FAILED' } });
    expect((await world.report(job, { status: 'FAILED', subStatus: 'DISK', errorDetails: 'No space left' })).status).toBe(200);
  });
});

describe('400 INVALID_REQUEST', () => {
  it.each([{}, { status: 'DONE' }, { status: 'COMPLETE', subStatus: 7 }, { status: 'COMPLETE', extra: 1 }])('%j', async (json) => {
    const job = await ready();
    expect(codeOf(await world.report(job, json))).toEqual([400, 'INVALID_REQUEST']);
    expect(await world.job(job)).toMatchObject({ status: 'READY_FOR_DOWNLOAD' });
  });
});

describe('404 and 409', () => {
  it('404: another member’s, nobody’s', async () => {
    const job = await ready();
    const json = { status: 'COMPLETE' };
    expect(codeOf(await world.call(`PUT /v1/jobs/${job}`, { as: 'stranger', json }))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await world.report(999_999, json))).toEqual([404, 'NOT_FOUND']);
  });

  it('409: FAILED, then COMPLETE; COMPLETE, then FAILED; COMPLETE, then with another subStatus', async () => {
    for (const [first, then] of [
      [{ status: 'FAILED' }, { status: 'COMPLETE' }],
      [{ status: 'COMPLETE' }, { status: 'FAILED' }],
      [{ status: 'COMPLETE' }, { status: 'COMPLETE', subStatus: 'LOADED' }],
    ] as const) {
      const job = await ready();
      expect((await world.report(job, first)).status).toBe(200);
      expect(codeOf(await world.report(job, then))).toEqual([409, 'BAD_STATE']);
      expect(await world.job(job)).toMatchObject({ status: first.status });
    }
  });

  it('409: a job that has no data yet, and one that was canceled', async () => {
    const waiting = await world.waiting();
    expect(codeOf(await world.report(waiting, { status: 'COMPLETE' }))).toEqual([409, 'BAD_STATE']);
    await world.cancel(waiting);
    expect(codeOf(await world.report(waiting, { status: 'COMPLETE' }))).toEqual([409, 'BAD_STATE']);
  });
});
