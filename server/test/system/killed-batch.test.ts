import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';
import { accounts, segmentIds, smallImport } from '../small-import.ts';

const folder = temporaryFolder('killed-batch');
const data = join(folder.path, 'data');
let server: RunningServer;
let token = '';

type Job = Readonly<Record<string, unknown>>;

const start = async (): Promise<void> => {
  server = await startServer({ data, args: ['--empty'] });
};
beforeAll(async () => {
  await start();
  await importText(server.url, server.operatorToken, smallImport());
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

/** Kills the server and starts it on what is there; sessions are saved once a minute, so somebody logs in again. */
async function killAndStart(): Promise<void> {
  await server.kill();
  await start();
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
}

const [first = 0, second = 0, third = 0] = segmentIds;
const lines = 150_000;
const firstUser = 7_000_000_000;

/** Every line adds two and removes one; some are malformed, some have a bad user, an unknown segment or repeat an earlier line. */
function lineOf(i: number): string {
  if (i % 1000 === 7) return `${firstUser + i};${first}`;
  if (i % 1000 === 8) return `x${i};${first}:60`;
  if (i % 1000 === 9) return `${firstUser + i};${first}:60,999999:60`;
  if (i % 1000 === 10 && i > 1000) return lineOf(i - 1000);
  return `${firstUser + i};${first}:60,${second}:600,${third}:-1`;
}
const file = Array.from({ length: lines }, (_, i) => lineOf(i)).join('\n');
const thousands = lines / 1000;
const repeats = thousands - 1;
const wholeLines = lines - 3 * thousands - repeats;
const expected = {
  phase: 'completed',
  percent_complete: 100,
  num_lines: lines,
  num_valid: wholeLines * 3 + thousands,
  num_valid_user: wholeLines + thousands,
  num_invalid_user: thousands,
  num_invalid_format: thousands + repeats,
  num_invalid_segment: 1,
  num_added: wholeLines * 2 + thousands,
  num_refreshed: 0,
  num_removed: 0,
  num_other_error: 0,
};

async function ask(): Promise<{ readonly jobId: string; readonly path: string }> {
  const answer = await call(server.url, '/batch-segment', { method: 'POST', token });
  const url = new URL(String(pick(answer.json, 'response.batch_segment_upload_job.upload_url')));
  return { jobId: String(pick(answer.json, 'response.batch_segment_upload_job.job_id')), path: url.pathname };
}
const jobOf = async (jobId: string): Promise<Job> =>
  pick((await call(server.url, `/batch-segment?job_id=${jobId}`, { token })).json, 'response.batch_segment_upload_job') as unknown as Job;
const octets = { 'content-type': 'application/octet-stream' };

/** Looks often until it is so. Answers the job, or undefined where it ended before. */
async function until(jobId: string, isSo: (job: Job) => boolean): Promise<Job | undefined> {
  for (;;) {
    const job = await jobOf(jobId);
    if (isSo(job)) return job;
    if (job['phase'] === 'completed' || job['phase'] === 'error') return undefined;
    await sleep(5);
  }
}
const ended = (jobId: string): Promise<Job | undefined> => until(jobId, ({ phase }) => phase === 'completed' || phase === 'error');

async function checkUsers(): Promise<void> {
  for (let i = 0; i < lines; i += 7919) {
    const answer = await call(server.url, `/user-segments?uid=${firstUser + i}`, { token });
    const held = (pick(answer.json, 'response.memberships') as unknown as { segment_id: number; lifetime_minutes: number }[]).map(
      ({ segment_id: segment, lifetime_minutes: minutes }) => `${segment}:${minutes}`,
    );
    const kind = i % 1000;
    const added =
      kind === 7 || kind === 8 || (kind === 10 && i > 1000) ? [] : kind === 9 ? [`${first}:60`] : [`${first}:60`, `${second}:600`];
    expect(held, `user of line ${i}`).toEqual(added);
  }
}

test('an upload that a kill cuts off has failed, and leaves nothing', { timeout: 120_000 }, async () => {
  const { jobId, path } = await ask();
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: 100000\r\n\r\n`);
  socket.write(file.slice(0, 50_000));
  await until(jobId, ({ phase }) => phase === 'uploading');
  await killAndStart();
  expect(await jobOf(jobId)).toMatchObject({ phase: 'error', error_code: 'uploading-error', num_valid: 0 });
  socket.destroy();
});

test('a file counts once, whenever and however often the server is killed while it is loaded', { timeout: 600_000 }, async () => {
  const { jobId, path } = await ask();
  const sent = await call(server.url, path, { method: 'POST', body: gzipSync(file), headers: octets });
  expect(sent.status, sent.text).toBe(200);
  // Acknowledged a moment ago: nothing of it has been loaded, or little.
  await killAndStart();
  let percent = 0;
  for (const wanted of [1, 20, 45, 70, 90]) {
    const job = await until(jobId, ({ percent_complete: at }) => Number(at) >= wanted);
    if (job === undefined) break;
    expect(Number(job['percent_complete'])).toBeGreaterThanOrEqual(percent);
    percent = Number(job['percent_complete']);
    await killAndStart();
  }
  expect(await ended(jobId)).toMatchObject(expected);
  await checkUsers();
  await killAndStart();
  expect(await jobOf(jobId)).toMatchObject(expected);
  const rejects = await call(server.url, `/batch-segment-rejects?job_id=${jobId}`, { token });
  expect(rejects.text.trimEnd().split('\n')).toHaveLength(1 + thousands * 3 + repeats);
});

test('what a job changed is taken back once, whenever the server is killed', { timeout: 600_000 }, async () => {
  const before = await call(server.url, `/user-segments?uid=${firstUser}`, { token });
  const { jobId, path } = await ask();
  const again = Array.from({ length: lines }, (_, i) => `${firstUser + i};${first}:9000,${third}:77`).join('\n');
  await call(server.url, path, { method: 'POST', body: again, headers: octets });
  const loaded = await ended(jobId);
  expect(loaded).toMatchObject({ phase: 'completed', num_valid: lines * 2 });
  const undo = await call(server.url, `/batch-segment-undo?job_id=${jobId}`, { method: 'POST', token });
  const undoId = String(pick(undo.json, 'response.batch_segment_upload_job.job_id'));
  for (const waitMs of [0, 150, 400]) {
    await sleep(waitMs);
    await killAndStart();
  }
  expect(await ended(undoId)).toMatchObject({ phase: 'completed', num_valid: lines * 2, num_newer: 0 });
  expect(pick((await call(server.url, `/user-segments?uid=${firstUser}`, { token })).json, 'response.memberships')).toEqual(
    pick(before.json, 'response.memberships'),
  );
  await checkUsers();
});

test('a server that is told to stop ends soon, and the next one goes on', { timeout: 300_000 }, async () => {
  const { jobId, path } = await ask();
  const one = Array.from({ length: lines }, (_, i) => `${2 * firstUser + i};${first}:60`).join('\n');
  await call(server.url, path, { method: 'POST', body: one, headers: octets });
  await until(jobId, ({ phase }) => phase === 'processing');
  const stopped = await server.stop();
  expect(stopped.code).toBe(0);
  await start();
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  expect(await ended(jobId)).toMatchObject({ phase: 'completed', num_valid: lines, num_added: lines });
});
