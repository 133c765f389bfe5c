import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type PlatformServer } from '../../../../test/platform-server.ts';
import { BatchClient, type ShownJob } from '../../../../test/batch-client.ts';

let platform: PlatformServer;
let batch: BatchClient;
let segments: number[];
beforeAll(async () => {
  platform = await startPlatform();
  batch = new BatchClient(platform);
  segments = [];
  for (let i = 0; i < 3; i++) segments.push(Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id')));
});
afterAll(() => platform.stop());

const at = (index: number): number => segments[index] ?? 0;
const configure = (config: object): Promise<unknown> =>
  platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, { as: 'admin', json: { batch_segment_upload_config: config } });
const instant = (user: string, segment: number, expiration: number, value = 1): Promise<unknown> =>
  platform.call('POST /rt-segment', { json: { rt_segment: [{ user_id: user, seg_block: [{ seg_id: segment, value, expiration }] }] } });
const held = async (user: string): Promise<Record<string, unknown>[]> =>
  (await platform.call(`GET /user-segments?uid=${user}`)).at('memberships') as unknown as Record<string, unknown>[];
const undo = (jobId: unknown, as: 'provider' | 'stranger' | 'viewer' = 'provider') =>
  platform.call(`POST /batch-segment-undo?job_id=${String(jobId)}`, { as });

describe('readBatchRejects', () => {
  it('200: every refused line once, with all that is wrong, byte for byte', async () => {
    const lines = [`11;${at(0)}:60`, 'x\u00e9;5:0', `12;99999:60,${at(0)}:60,7:1`, `11;${at(0)}:60`, '', `13;${at(0)}:x`];
    const job = await batch.load(Buffer.from(lines.join('\r\n'), 'latin1'));
    expect(job).toMatchObject({ phase: 'completed', num_valid: 2, num_invalid_user: 1, num_invalid_format: 2, num_invalid_segment: 2 });
    const answer = await platform.call(`GET /batch-segment-rejects?job_id=${String(job.job_id)}`);
    expect(answer.headers['content-type']).toContain('text/tab-separated-values');
    expect(answer.text.split('\n').map((row) => row.split('\t').filter((_, column) => column !== 2))).toEqual([
      ['line_number', 'codes', 'line'],
      ['2', 'num_invalid_user', 'x\ufffd;5:0'],
      ['3', 'num_invalid_segment', `12;99999:60,${at(0)}:60,7:1`],
      ['4', 'num_invalid_format', `11;${at(0)}:60`],
      ['6', 'num_invalid_format', `13;${at(0)}:x`],
      [''],
    ]);
  });
  it('200: only its head where all lines were taken', async () => {
    const { job_id: jobId } = await batch.load(`14;${at(0)}:60`);
    expect((await platform.call(`GET /batch-segment-rejects?job_id=${String(jobId)}`)).text).toBe('line_number\tcodes\tmessage\tline\n');
  });
  it('400, 404: no job named, one that has not ended, one without a file, another member’s', async () => {
    expect((await platform.call('GET /batch-segment-rejects')).at('error_id')).toBe('SYNTAX');
    const { jobId } = await batch.request();
    expect((await platform.call(`GET /batch-segment-rejects?job_id=${jobId}`)).status).toBe(404);
    await batch.request();
    expect((await platform.call(`GET /batch-segment-rejects?job_id=${jobId}`)).status).toBe(404);
    const { job_id: done } = await batch.load('');
    expect((await platform.call(`GET /batch-segment-rejects?job_id=${String(done)}`, { as: 'stranger' })).status).toBe(404);
  });
});

describe('validate_only', () => {
  it('answers the report of a load and changes nothing', async () => {
    await instant('21', at(0), 60);
    await instant('21', at(1), 60);
    const before = await held('21');
    const file = `21;${at(0)}:120,${at(1)}:-1,${at(2)}:60,99999:60\n22;${at(0)}:60\nx;1:1\n`;
    const tried = await batch.load(file, { query: '?validate_only=true' });
    expect(tried).toMatchObject({
      phase: 'completed',
      validate_only: true,
      num_valid: 4,
      num_added: 2,
      num_refreshed: 1,
      num_removed: 1,
      undo_until: null,
    });
    expect(tried).toMatchObject({ num_invalid_user: 1, num_invalid_segment: 1 });
    expect(await held('21')).toEqual(before);
    expect((await platform.call('GET /user-segments?uid=22')).at('user.known')).toBe(false);
    const loaded = await batch.load(file);
    const counts = ({ job_id: _1, id: _2, validate_only: _3, undo_until: _4, undo_bytes: _5, ...rest }: ShownJob) => rest;
    expect(counts(loaded)).toEqual(counts(tried));
    expect((await undo(tried.job_id)).at('error_id')).toBe('INTEGRITY');
  });
});

describe('undoBatchJob', () => {
  it('200: takes back what the job changed, as a job with a report; what came later stays', async () => {
    await instant('31', at(0), 60, 7);
    await instant('32', at(1), 60, 8);
    const before = [await held('31'), await held('32')];
    const job = await batch.load(`31;${at(0)}:500,${at(1)}:500\n32;${at(1)}:-1,${at(2)}:90\n33;${at(0)}:10\n34;${at(0)}:10,${at(1)}:10\n`);
    expect(job).toMatchObject({ num_added: 5, num_refreshed: 1, num_removed: 1 });
    await instant('34', at(0), 77);
    const answer = await undo(job.job_id);
    expect(answer.at('batch_segment_upload_job')).toMatchObject({ kind: 'undo', undo_of: job.id });
    const report = await batch.ended(String(answer.at('batch_segment_upload_job.job_id')));
    expect(report).toMatchObject({
      phase: 'completed',
      percent_complete: 100,
      num_valid: 6,
      num_newer: 1,
      num_added: 1,
      num_refreshed: 1,
      num_removed: 4,
    });
    expect([await held('31'), await held('32')]).toEqual(before);
    expect(await held('33')).toEqual([]);
    expect(await held('34')).toMatchObject([{ segment_id: at(0), lifetime_minutes: 77 }]);
    const again = await undo(job.job_id);
    expect([again.status, again.at('error_id')]).toEqual([409, 'INTEGRITY']);
  });
  it('200: a user that the file names several times is as it was', async () => {
    await instant('35', at(0), 60, 3);
    const before = await held('35');
    const job = await batch.load(`35;${at(0)}:500,${at(1)}:1\n35;${at(0)}:-1\n35;${at(0)}:5,${at(1)}:-1,${at(2)}:5\n35;${at(2)}:-1\n`);
    const answer = await undo(job.job_id);
    expect(await batch.ended(String(answer.at('batch_segment_upload_job.job_id')))).toMatchObject({ phase: 'completed', num_newer: 0 });
    expect(await held('35')).toEqual(before);
  });
  it('409 INTEGRITY: while it runs, where nothing was changed, where undo_days was 0, when the time is over', async () => {
    const { jobId } = await batch.request();
    expect((await undo(jobId)).at('error_id')).toBe('INTEGRITY');
    expect((await undo((await batch.load('')).job_id)).at('error')).toMatch(/changed nothing/);
    await configure({ undo_days: 0 });
    const without = await batch.load(`36;${at(0)}:60`);
    expect(existsSync(join(platform.path, 'files', 'batch', String(without.id), 'before'))).toBe(false);
    await configure({ undo_days: 3 });
    expect((await undo(without.job_id)).at('error')).toMatch(/undo_days/);
    const late = await batch.load(`36;${at(1)}:60`);
    expect(late.undo_until).toBe('2026-01-18 12:00:00');
    const over = { undo_until: platform.clock.nowMs() };
    await platform.server.catalog.read.updateTable('batch_segment_job').set(over).where('job_id', '=', String(late.job_id)).execute();
    expect((await undo(late.job_id)).at('error')).toMatch(/not kept any more/);
  });
  it('403, 404: a viewer, another member', async () => {
    const { job_id: jobId } = await batch.load(`37;${at(0)}:60`);
    expect((await undo(jobId, 'viewer')).at('error_id')).toBe('UNAUTH');
    expect((await undo(jobId, 'stranger')).status).toBe(404);
  });
});

describe('cancelBatchJob', () => {
  const cancel = (jobId: string, as: 'provider' | 'stranger' = 'provider') =>
    platform.call(`POST /batch-segment-cancel?job_id=${jobId}`, { as });

  it('200: one that waits for its file', async () => {
    const { jobId, path } = await batch.request();
    expect((await cancel(jobId)).at('batch_segment_upload_job')).toMatchObject({
      phase: 'error',
      error_code: 'uploading-error',
      error: 'canceled',
    });
    expect((await batch.send(path, '1;1:0')).status).toBe(404);
    expect((await cancel(jobId)).at('error_id')).toBe('INTEGRITY');
  });
  it('200: one that is loaded stops, what it wrote can be undone, and its task is canceled', async () => {
    const lines = Array.from({ length: 400_000 }, (_, i) => `4${i};${at(0)}:60`);
    const { jobId, path } = await batch.request();
    await batch.send(path, lines.join('\n'));
    await expect.poll(async () => (await batch.job(jobId)).phase, { interval: 5 }).toBe('processing');
    await cancel(jobId);
    expect(await batch.job(jobId)).toMatchObject({ phase: 'error', error_code: 'processing-error' });
    await expect
      .poll(async () => (await platform.call('GET /task?kind=load-batch&sort=id.desc&num_elements=1')).at('tasks.0.state'))
      .toBe('canceled');
    await pause(300);
    const count = platform.server.profiles.stats().memberships;
    await pause(300);
    expect(platform.server.profiles.stats().memberships).toBe(count);
  });
  it('404: another member’s', async () => expect((await cancel((await batch.request()).jobId, 'stranger')).status).toBe(404));
});

describe('followBatchJob', () => {
  it('200: tells the job’s changes until it has ended', async () => {
    const { jobId, path } = await batch.request();
    const following = platform.call(`GET /batch-segment-progress?job_id=${jobId}`);
    await pause(250);
    await batch.send(path, `51;${at(0)}:60`);
    const { headers, text } = await following;
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = text.split('\n\n').filter((event) => event.startsWith('event: job\n'));
    const phases = events.map((event) => (JSON.parse(event.replace('event: job\ndata: ', '')) as ShownJob).phase);
    expect(phases[0]).toBe('starting');
    expect(phases.at(-1)).toBe('completed');
  });
  it('404: another member’s', async () => {
    const { jobId } = await batch.request();
    expect((await platform.call(`GET /batch-segment-progress?job_id=${jobId}`, { as: 'stranger' })).status).toBe(404);
  });
});
