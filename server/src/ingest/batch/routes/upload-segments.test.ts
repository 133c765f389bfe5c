import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type PlatformServer } from '../../../../test/platform-server.ts';
import { BatchClient } from '../../../../test/batch-client.ts';

let platform: PlatformServer;
let batch: BatchClient;
let segment = 0;
beforeAll(async () => {
  platform = await startPlatform();
  batch = new BatchClient(platform);
  segment = Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id'));
});
afterAll(() => platform.stop());

const configure = (config: object): Promise<unknown> =>
  platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, { as: 'admin', json: { batch_segment_upload_config: config } });
const refusal = (code: string, text: unknown = expect.any(String)) => ({ response: { status: 'ERROR', error_code: code, errors: [text] } });

describe('uploadSegments', () => {
  it.each([
    { what: 'as it is', pack: (text: string) => Buffer.from(text) },
    { what: 'gzipped', pack: (text: string) => gzipSync(text) },
  ])('200: takes a file $what, and tells what became of it', async ({ pack }) => {
    const { jobId, path } = await batch.request();
    const answer = await batch.send(path, pack(`7${platform.clock.nowMs()};${segment}:60\n`), {
      'content-type': 'application/octet-stream; charset=binary',
    });
    expect(answer.json).toMatchObject({ response: { status: 'OK', segment_upload: { job_id: jobId } } });
    expect(await batch.ended(jobId)).toMatchObject({
      phase: 'completed',
      error_code: null,
      percent_complete: 100,
      num_lines: 1,
      num_valid: 1,
      num_valid_user: 1,
      time_to_process: '0.00',
      segment_log_lines: `added:\n${segment}:1`,
      error_log_lines: null,
    });
    expect((await platform.call(`GET /user-segments?uid=7${platform.clock.nowMs()}`)).at('memberships.0')).toMatchObject({
      segment_id: segment,
      lifetime_minutes: 60,
      source: 'batch',
    });
  });
  it('415: another content type, and the URL can still be used', async () => {
    const { jobId, path } = await batch.request();
    const refused = await batch.send(path, '1;1:0', { 'content-type': 'text/plain' });
    expect([refused.status, refused.json]).toEqual([415, refusal('INVALID_CONTENT_TYPE')]);
    expect((await batch.send(path, `1;${segment}:60`)).status).toBe(200);
    expect((await batch.ended(jobId)).phase).toBe('completed');
  });
  it('404: a URL that is used, replaced, wrong or late', async () => {
    const used = await batch.request();
    await batch.send(used.path, '');
    const replaced = await batch.request();
    const wrong = (await batch.request()).path.replace(/.{4}$/, 'AAAA');
    for (const path of [used.path, replaced.path, wrong, '/segment-upload/nobody/x']) {
      const refused = await batch.send(path, '1;1:0');
      expect([refused.status, refused.json], path).toEqual([404, refusal('INVALID_UPLOAD_URL')]);
    }
    const late = await batch.request();
    platform.clock.forward(5 * 60_000);
    expect((await batch.send(late.path, '1;1:0')).status).toBe(404);
    expect(await batch.job(late.jobId)).toMatchObject({ phase: 'error', error_code: 'uploading-error' });
  });
  it.each([
    { limit: 'file_byte_limit', status: 413, code: 'FILESIZE_LIMIT_EXCEEDED', text: 'Member exceeds maximum byte size allowed for a file' },
    { limit: 'daily_byte_limit', status: 429, code: 'RATE_LIMIT_EXCEEDED', text: 'Member exceeds maximum allowed bytes per day' },
    { limit: 'hourly_byte_limit', status: 429, code: 'RATE_LIMIT_EXCEEDED', text: 'Member exceeds maximum allowed bytes per hour' },
    {
      limit: 'daily_num_lines_limit',
      status: 429,
      code: 'RATE_LIMIT_EXCEEDED',
      text: 'Member exceeds maximum allowed number of lines per day',
    },
    {
      limit: 'hourly_num_lines_limit',
      status: 429,
      code: 'RATE_LIMIT_EXCEEDED',
      text: 'Member exceeds maximum allowed number of lines per hour',
    },
  ])('$status: over $limit the job has failed and nothing is kept', async ({ limit, status, code, text }) => {
    await configure({ [limit]: 2 });
    try {
      for (const pack of [Buffer.from, gzipSync] as const) {
        const { id, jobId, path } = await batch.request();
        const refused = await batch.send(path, pack(`91;${segment}:60\n92;${segment}:60\n93;${segment}:60\n`));
        expect([refused.status, refused.json]).toEqual([status, refusal(code, text)]);
        expect(await batch.job(jobId)).toMatchObject({ phase: 'error', error_code: 'uploading-error', error: text, uploaded_time: null });
        expect(existsSync(join(platform.path, 'files', 'batch', String(id)))).toBe(false);
      }
    } finally {
      await configure({ [limit]: null });
    }
  });
  it('413: tells a sender that does not say how long its file is', async () => {
    await configure({ file_byte_limit: 100_000 });
    const { jobId, path } = await batch.request();
    const answer = await sendChunked(path, 5_000_000);
    await configure({ file_byte_limit: null });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('FILESIZE_LIMIT_EXCEEDED');
    expect((await batch.job(jobId)).error_code).toBe('uploading-error');
  });
  it('429: more uploads at once than may be; the first goes on', async () => {
    const first = await batch.request();
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
    const file = `${'9'.repeat(10)};${segment}:60\n`;
    socket.write(
      `POST ${first.path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: ${file.length}\r\n\r\n${file.slice(0, 5)}`,
    );
    await expect.poll(async () => (await batch.job(first.jobId)).phase).toBe('uploading');
    const second = await batch.request();
    const refused = await batch.send(second.path, file);
    expect([refused.status, refused.json]).toEqual([
      429,
      refusal('RATE_LIMIT_EXCEEDED', 'Member exceeds maximum allowed concurrent uploads'),
    ]);
    socket.write(file.slice(5));
    expect(await batch.ended(first.jobId)).toMatchObject({ phase: 'completed', num_valid: 1 });
    socket.destroy();
  });
  it('a sender that goes away leaves a job that has failed, and no file', async () => {
    const { id, jobId, path } = await batch.request();
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\n12345`);
    await expect.poll(async () => (await batch.job(jobId)).phase).toBe('uploading');
    socket.destroy();
    expect(await batch.ended(jobId)).toMatchObject({
      phase: 'error',
      error_code: 'uploading-error',
      error: expect.stringMatching(/ended before/),
    });
    expect(existsSync(join(platform.path, 'files', 'batch', String(id)))).toBe(false);
  });
  it.each([
    { what: 'a gzip file that is cut short', file: gzipSync('1;1:60\n'.repeat(1000)).subarray(0, -9), error: /cut short/ },
    { what: 'a zip archive', file: Buffer.from('PK\u0003\u0004 and more'), error: /zip/ },
    { what: 'zero bytes', file: Buffer.alloc(5000), error: /no text/ },
  ])('$what ends in validating-error and has no effect', async ({ file, error }) => {
    expect(await batch.load(file)).toMatchObject({
      phase: 'error',
      error_code: 'validating-error',
      error: expect.stringMatching(error),
      num_valid: 0,
      completed_time: null,
    });
  });
  it('leaves nothing of line hashes beside a file', async () => {
    const { id, jobId, path } = await batch.request();
    await batch.send(path, `1;${segment}:60\n1;${segment}:60\n`);
    expect(await batch.ended(jobId)).toMatchObject({ num_invalid_format: 1, num_valid: 1 });
    expect(readdirSync(join(platform.path, 'files', 'batch', String(id))).sort()).toEqual(
      ['before', 'plan.json', 'rejects.tsv', 'repeats', 'scan.json', 'segments', 'upload'].sort(),
    );
  });
});

/** Sends a body of so many bytes in chunks, as long as nothing is answered. Answers what came back. */
function sendChunked(path: string, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
      if (answer.includes('}}')) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n`);
    const chunk = Buffer.alloc(50_000, '1');
    for (let sent = 0; sent < bytes; sent += chunk.length) {
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n');
    }
    socket.write('0\r\n\r\n');
  });
}
