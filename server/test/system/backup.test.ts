import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, importText, type Json, logIn, pick } from '../api.ts';
import { refusalLines, type RunningServer, spawnServer, startServer, temporaryFolder } from '../running-server.ts';
import { accounts, segmentIds, smallImport } from '../small-import.ts';

const folder = temporaryFolder('backup');
const data = join(folder.path, 'data');
const backup = join(folder.path, 'backup');
const killed = join(folder.path, 'killed');
const settings = { FOYER_RT_RATE_LIMIT: '0' };
const segments = segmentIds.slice(0, 3);
let server: RunningServer;
let token = '';

afterAll(() => folder.remove());

/** Runs main.ts for work on a directory that no server holds. */
async function offline(...allArgs: readonly string[]) {
  const { exited, output, stderr } = spawnServer({ data: '', allArgs });
  const { code } = await exited;
  const lines = refusalLines(stderr());
  return { code, lines, result: code === 0 ? (JSON.parse(output()) as Json) : undefined };
}

const put = async (user: number): Promise<number> => {
  const rt_segment = [{ user_id: String(user), seg_block: segments.map((seg_id) => ({ seg_id, value: 3, expiration: 0 })) }];
  return (await call(server.url, '/rt-segment', { token, json: { rt_segment } })).status;
};
const membershipsOf = async ({ url }: RunningServer, user: number): Promise<unknown> =>
  pick((await call(url, `/user-segments?uid=${user}`, { token })).json, 'response.count');
const makeSegment = async (code: string): Promise<number> => {
  const answer = await call(server.url, '/segment', { token, json: { segment: { short_name: code, code } } });
  return Number(pick(answer.json, 'response.id'));
};
/** In every segment that is made under load; no caller gets as far as this id. */
const collector = 900_000_001;
const askBackup = (directory: string, as = server.operatorToken) =>
  call(server.url, '/backup', { token: as, json: { backup: { directory } } });

/** Every file with its length, time of change and contents. */
function printOf(path: string): readonly string[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files
    .map((file) => join(file.parentPath, file.name))
    .map((file) => `${file} ${statSync(file).mtimeMs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`)
    .sort();
}

beforeAll(async () => {
  server = await startServer({ data, args: ['--empty'], env: settings });
  await importText(server.url, server.operatorToken, smallImport());
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
});

test('a backup under load holds all that was acknowledged before it began, and a server runs on it', { timeout: 300_000 }, async () => {
  const acknowledged: number[] = [];
  const made: number[] = [];
  const load = new AbortController();
  let next = 1;
  const callers = Array.from({ length: 6 }, async () => {
    while (!load.signal.aborted) {
      const user = next++;
      if ((await put(user)) === 200) acknowledged.push(user);
    }
  });
  const maker = (async () => {
    for (let i = 0; !load.signal.aborted; i++) {
      const id = await makeSegment(`made_${i}`);
      const json = { rt_segment: [{ user_id: String(collector), seg_block: [{ seg_id: id, value: 1, expiration: 0 }] }] };
      expect((await call(server.url, '/rt-segment', { token, json })).status).toBe(200);
      made.push(id);
    }
  })();
  await sleep(1500);
  const [usersBefore, segmentsBefore] = [[...acknowledged], [...made]];
  const answer = await askBackup(backup);
  expect(answer.status, answer.text).toBe(200);
  expect(pick(answer.json, 'response.backup.directory')).toBe(backup);
  await sleep(200);
  load.abort();
  await Promise.all([...callers, maker]);
  expect(usersBefore.length).toBeGreaterThan(20);
  cpSync(data, killed, { recursive: true, filter: (path) => !/\/(run|lock)/.test(path) });
  await server.stop();

  const restored = join(folder.path, 'restored', 'data');
  const { code, result, lines } = await offline('restore', backup, '--data', restored);
  expect(code, lines.join()).toBe(0);
  server = await startServer({ data: restored, args: ['--empty'], env: settings });
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  const missing: number[] = [];
  const check = async (user: number): Promise<void> => {
    if ((await membershipsOf(server, user)) !== segments.length) missing.push(user);
  };
  for (let at = 0; at < usersBefore.length; at += 50) await Promise.all(usersBefore.slice(at, at + 50).map(check));
  expect(missing).toEqual([]);
  const listed = await call(server.url, '/segment?num_elements=100&search=made_&fields=id', { token });
  const ids = new Set((pick(listed.json, 'response.segments') as unknown as readonly { id: number }[]).map(({ id }) => id));
  expect(segmentsBefore.slice(-50).filter((id) => !ids.has(id) && ids.size < 100)).toEqual([]);
  // An id that was given out behind the copy is given out again, and nobody is in that segment.
  const again = await makeSegment('after_restore');
  const stats = await call(server.url, `/segment-stats?id=${again}`, { token });
  expect(stats.status, stats.text).toBe(200);
  expect(await membershipsOf(server, collector)).toBe(Number(pick(result, 'catalog.segments')) - segmentIds.length);
  expect(await put(999_999)).toBe(200);
});

describe('POST /backup', () => {
  test('403 for everybody but the operator', async () => {
    const admin = await logIn(server.url, accounts.admin.username, accounts.admin.password);
    for (const as of [admin, token]) {
      const answer = await askBackup(join(folder.path, 'never'), as);
      expect([answer.status, pick(answer.json, 'response.error_id')]).toEqual([403, 'UNAUTH']);
    }
    expect(existsSync(join(folder.path, 'never'))).toBe(false);
  });

  test('400 for a path that is not absolute or none, 409 where something is, 503 where nothing can be written', async () => {
    expect((await askBackup('backup')).status).toBe(400);
    expect((await call(server.url, '/backup', { token: server.operatorToken, json: { backup: {} } })).status).toBe(400);
    const filled = await askBackup(backup);
    expect([filled.status, pick(filled.json, 'response.error')]).toEqual([409, expect.stringContaining('holds something already')]);
    expect((await askBackup(join(server.ready.dataDirectory, 'inside'))).status).toBe(409);
    const lost = await askBackup(join(folder.path, 'no', 'such', 'parent'));
    expect([lost.status, pick(lost.json, 'response.error')]).toEqual([503, expect.stringContaining('ENOENT')]);
    expect(readdirSync(folder.path).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  test('an empty directory is taken', async () => {
    const empty = join(folder.path, 'empty');
    mkdirSync(empty);
    expect((await askBackup(empty)).status).toBe(200);
    expect(readdirSync(empty).sort()).toEqual(['backup.json', 'catalog.sqlite', 'files', 'profiles']);
  });
});

describe('verify', () => {
  test('says what a directory holds that a kill left, and changes no byte of it', async () => {
    const [logFile = ''] = readdirSync(join(killed, 'profiles')).filter((name) => name.endsWith('.wal'));
    truncateSync(join(killed, 'profiles', logFile), statSync(join(killed, 'profiles', logFile)).size - 3);
    const before = printOf(killed);
    const { code, result, lines } = await offline('verify', '--data', killed);
    expect(code, lines.join()).toBe(0);
    expect(pick(result, 'profiles.torn_bytes')).toBeGreaterThan(0);
    expect(pick(result, 'profiles.users')).toBeGreaterThan(20);
    expect(pick(result, 'catalog.members')).toBe(4);
    expect(printOf(killed)).toEqual(before);
  });

  test('4 where a server holds the directory, 1 where there is no data, 2 for a wrong command line', async () => {
    const held = await offline('verify', '--data', server.ready.dataDirectory);
    expect([held.code, held.lines]).toEqual([4, [expect.stringContaining('in use by another server')]]);
    const none = await offline('verify', '--data', join(folder.path, 'nothing'));
    expect([none.code, none.lines]).toEqual([1, [expect.stringContaining('no data of a Foyer server')]]);
    expect(existsSync(join(folder.path, 'nothing'))).toBe(false);
    expect((await offline('verify', '--dat', 'x')).code).toBe(2);
  });

  const flip = (file: string): void => {
    const bytes = readFileSync(file);
    bytes.fill(0xa5, bytes.length >> 1, Math.min(bytes.length, (bytes.length >> 1) + 64));
    writeFileSync(file, bytes);
  };

  test.each([
    ['profiles/snapshot-1.snap', flip],
    ['profiles/log-1.wal', flip],
    ['profiles/manifest', flip],
    ['profiles/manifest', rmSync],
    ['profiles/snapshot-1.snap', rmSync],
    ['catalog.sqlite', rmSync],
    ['catalog.sqlite', (file: string) => truncateSync(file, 40_000)],
  ])('6 for a damaged %s, which is named', async (name, damage) => {
    const copy = join(folder.path, 'damaged');
    rmSync(copy, { recursive: true, force: true });
    cpSync(backup, copy, { recursive: true });
    damage(join(copy, name));
    const { code, lines } = await offline('verify', '--data', copy);
    expect([code, lines]).toEqual([6, [expect.stringContaining(join(copy, name))]]);
    const target = join(folder.path, 'target');
    expect((await offline('restore', copy, '--data', target)).code).toBe(6);
    expect(existsSync(target)).toBe(false);
  });
});

describe('restore', () => {
  test('refuses a directory that holds something, a folder that is no backup, and a catalog with one byte changed', async () => {
    const target = join(folder.path, 'target');
    const held = await offline('restore', backup, '--data', killed);
    expect([held.code, held.lines]).toEqual([1, [expect.stringContaining('holds something already')]]);
    expect((await offline('restore', killed, '--data', target)).code).toBe(6);
    const copy = join(folder.path, 'changed');
    cpSync(backup, copy, { recursive: true });
    const bytes = readFileSync(join(copy, 'catalog.sqlite'));
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    writeFileSync(join(copy, 'catalog.sqlite'), bytes);
    const changed = await offline('restore', copy, '--data', target);
    expect([changed.code, changed.lines]).toEqual([6, [expect.stringContaining('not the file that was copied')]]);
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.includes('unfinished'))).toEqual([]);
  });
});

afterAll(() => server.stop());
