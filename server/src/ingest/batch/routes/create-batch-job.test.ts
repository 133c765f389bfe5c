import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type PlatformServer } from '../../../../test/platform-server.ts';
import { BatchClient } from '../../../../test/batch-client.ts';

let platform: PlatformServer;
let batch: BatchClient;
beforeAll(async () => {
  platform = await startPlatform({ settings: { trustProxy: 1 } });
  batch = new BatchClient(platform);
});
afterAll(() => platform.stop());

describe('createBatchJob', () => {
  it('200: a job and a URL on the request’s host', async () => {
    const answer = await platform.call('POST /batch-segment');
    const job = answer.at('batch_segment_upload_job') as Record<string, string>;
    expect(answer.json).toMatchObject({ response: { status: 'OK', count: 1, start_element: 0, num_elements: 100 } });
    expect(job).toEqual({
      job_id: expect.stringMatching(/^[a-z0-9]{32}$/),
      id: answer.at('id'),
      member_id: members.provider,
      last_modified: '2026-01-15 12:00:00',
      upload_url: expect.stringMatching(`^${platform.url}/segment-upload/${job['job_id']}/`),
    });
  });
  it('200: on the host that a trusted proxy was called by', async () => {
    const answer = await platform.call('POST /batch-segment', { headers: { 'x-forwarded-host': 'api.adnxs.com' } });
    expect(answer.at('batch_segment_upload_job.upload_url')).toMatch(/^http:\/\/api\.adnxs\.com\/segment-upload\//);
  });
  it('200: an older one that was not used has failed then', async () => {
    const first = await batch.request();
    const second = await batch.request();
    expect(await batch.job(first.jobId)).toMatchObject({
      phase: 'error',
      error_code: 'uploading-error',
      error: expect.stringMatching(/newer job/),
    });
    expect(await batch.job(second.jobId)).toMatchObject({ phase: 'starting', error_code: null, percent_complete: 0 });
  });
  it('200: one of another member stays', async () => {
    const theirs = await batch.request({ as: 'stranger' });
    await batch.request();
    expect((await batch.job(theirs.jobId, 'stranger')).phase).toBe('starting');
  });
  it('200: with the same Idempotency-Key the same job, also when it has been used', async () => {
    const headers = { 'idempotency-key': 'file of monday' };
    const first = await batch.request({ headers });
    expect(await batch.request({ headers })).toEqual(first);
    expect((await batch.send(first.path, '1;5:0\n')).status).toBe(200);
    expect(await batch.request({ headers })).toEqual(first);
    expect((await batch.request({ headers, as: 'stranger' })).id).not.toBe(first.id);
    const other = await platform.call('POST /batch-segment?validate_only=true', { headers });
    expect([other.status, other.at('error_id')]).toEqual([409, 'INTEGRITY']);
  });
  it('400 SYNTAX: an Idempotency-Key that is too long', async () => {
    const answer = await platform.call('POST /batch-segment', { headers: { 'idempotency-key': 'x'.repeat(256) } });
    expect([answer.status, answer.at('error_id')]).toEqual([400, 'SYNTAX']);
  });
  it('401, 403, 404: no token, a viewer, another member, no member', async () => {
    expect((await platform.call('POST /batch-segment', { as: null })).status).toBe(401);
    expect((await platform.call('POST /batch-segment', { as: 'viewer' })).at('error_id')).toBe('UNAUTH');
    expect((await platform.call(`POST /batch-segment?member_id=${members.buyer}`)).at('error_id')).toBe('UNAUTH');
    expect((await platform.call('POST /batch-segment?member_id=9999', { as: 'admin' })).status).toBe(404);
  });
  it('409 LIMIT: 200 jobs wait, and one more', async () => {
    const { read } = platform.server.catalog;
    const { id } = await batch.request({ as: 'buyer' });
    const row = await read.selectFrom('batch_segment_job').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const waiting = Array.from({ length: 199 }, (_, at) => ({ ...row, id: 10_000 + at, job_id: `waiting${at}`, phase: 'validating' }));
    await read.insertInto('batch_segment_job').values(waiting.slice(0, 20)).execute();
    for (let at = 20; at < waiting.length; at += 20)
      await read
        .insertInto('batch_segment_job')
        .values(waiting.slice(at, at + 20))
        .execute();
    await batch.request({ as: 'buyer' });
    await read
      .insertInto('batch_segment_job')
      .values({ ...row, id: 10_300, job_id: 'waiting300', phase: 'processing' })
      .execute();
    const answer = await platform.call('POST /batch-segment', { as: 'buyer' });
    expect([answer.status, answer.at('error_id')]).toEqual([409, 'LIMIT']);
    expect((await platform.call('POST /batch-segment', { as: 'stranger' })).status).toBe(200);
  });
});
