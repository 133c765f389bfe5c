/** Dropped files are loaded once, whatever ends the server in between. */
import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { call, pick } from '../api.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';

const folder = temporaryFolder('killed-drops');
afterAll(() => folder.remove());

const root = join(folder.path, 'drop');
const env = { FOYER_DROP: root, FOYER_DROP_SCAN_S: '1', FOYER_RT_RATE_LIMIT: '0' };
const start = (): Promise<RunningServer> => startServer({ data: join(folder.path, 'data'), args: ['--empty'], env });
const asAdmin = (server: RunningServer, method: string, path: string, json?: object) =>
  call(server.url, path, { method, token: server.operatorToken, ...(json ? { json } : {}) });
const kills = 3;
const filesPerKill = 2;

it('loads each dropped file once and moves it, over several kill -9', { timeout: 300_000 }, async () => {
  let server = await start();
  const made = await asAdmin(server, 'POST', '/member', { member: { name: 'Provider', primary_type: 'data_provider' } });
  const member = String(pick(made.json, 'response.id'));
  const segment = String(
    pick((await asAdmin(server, 'POST', `/segment?member_id=${member}`, { segment: { code: 's' } })).json, 'response.id'),
  );
  const at = (...parts: string[]): string => join(root, member, ...parts);
  mkdirSync(at('submitted'), { recursive: true });
  const contents = new Map<string, string>();
  const drop = (name: string): void => {
    const lines = Array.from({ length: 5_000 }, (_, line) => `${contents.size * 5_000 + line + 1};${segment}:60`).join('\n');
    contents.set(name, lines);
    writeFileSync(at('submitted', `${name}.part`), lines);
    utimesSync(at('submitted', `${name}.part`), 1_700_000_000, 1_700_000_000);
    renameSync(at('submitted', `${name}.part`), at('submitted', name));
  };
  for (let kill = 0; kill < kills; kill++) {
    for (let file = 0; file < filesPerKill; file++) drop(`file-${kill}-${file}`);
    // Each time somewhere else: while files are taken, loaded or moved.
    await new Promise((resolve) => setTimeout(resolve, 400 + kill * 350));
    await server.kill();
    server = await start();
  }
  await expect.poll(() => readdirSync(at('submitted')), { timeout: 120_000, interval: 500 }).toEqual([]);
  const jobs = pick((await asAdmin(server, 'GET', '/batch-segment?kind=drop')).json, 'response.batch_segment_upload_job') as {
    job_id: string;
    file_name: string;
    phase: string;
    num_valid: number;
  }[];
  expect(jobs.map(({ file_name, phase, num_valid }) => [file_name, phase, num_valid]).toSorted()).toEqual(
    [...contents.keys()].toSorted().map((name) => [name, 'completed', 5_000]),
  );
  for (const { file_name, job_id } of jobs)
    expect(readFileSync(at('done', `${file_name}-${job_id}`), 'utf8') === contents.get(file_name), file_name).toBe(true);
  expect(readdirSync(at('done')).length).toBe(jobs.length);
  await server.stop();
});
