import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import { refusalLines, startRefused, startServer, temporaryFolder } from '../running-server.ts';
import { accounts, segmentIds, smallImport } from '../small-import.ts';

/** The log is cut at its smallest size, so that a snapshot stands beside it. */
const settings = { FOYER_RT_RATE_LIMIT: '0', FOYER_LOG_CUT_BYTES: '1048576' };
const folder = temporaryFolder('damage');
const whole = join(folder.path, 'whole');
const firstUser = 5_000_000_000;

/** 1,000 users with 10 memberships each. */
const bodyFrom = (first: number): string =>
  JSON.stringify({
    rt_segment: Array.from({ length: 1000 }, (_, i) => ({
      user_id: String(firstUser + first + i),
      seg_block: segmentIds.slice(0, 10).map((seg_id) => ({ seg_id, value: 3, expiration: 0 })),
    })),
  });

/** Ten of them again: several records at the end of the log, far from another snapshot. */
const smallBody = JSON.stringify({
  rt_segment: Array.from({ length: 10 }, (_, i) => ({
    user_id: String(firstUser + i),
    seg_block: segmentIds.slice(0, 10).map((seg_id) => ({ seg_id, value: 3, expiration: 0 })),
  })),
});

/** Files of the profile engine, largest first. */
function engineFiles(data: string, ending: string): readonly string[] {
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && file.name.endsWith(ending));
  return files
    .map((file) => join(file.parentPath, file.name))
    .filter((file) => readFileSync(file).length > 1000)
    .sort((a, b) => readFileSync(b).length - readFileSync(a).length);
}

/** Waits until no snapshot is being written: one that is not finished is no part of the store, and damage to it is rightly passed over. */
async function snapshotsSettled(data: string): Promise<void> {
  const state = (): string => JSON.stringify(engineFiles(data, '.snap').map((file) => [file, statSync(file).size]));
  for (let before = '', same = 0; same < 3;) {
    await wait(300);
    const now = state();
    same = now === before && engineFiles(data, '.snap').length === 1 ? same + 1 : 0;
    before = now;
  }
}

beforeAll(async () => {
  const server = await startServer({ data: whole, args: ['--empty'], env: settings });
  await importText(server.url, server.operatorToken, smallImport());
  const token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  for (let first = 0; first < 40_000 && (first < 10_000 || engineFiles(whole, '.snap').length === 0); first += 1000) {
    const answer = await call(server.url, '/rt-segment', { token, body: bodyFrom(first) });
    if (answer.status !== 200) throw new Error(answer.text);
  }
  for (let i = 0; i < 50; i++) await call(server.url, '/rt-segment', { token, body: bodyFrom(0) });
  await snapshotsSettled(whole);
  for (let i = 0; i < 3; i++) await call(server.url, '/rt-segment', { token, body: smallBody });
  await server.kill();
});
afterAll(() => folder.remove());

/** A copy of the killed server's directory with something done to one of its files. */
function damagedCopy(name: string, ending: string, damage: (file: string) => void): { readonly data: string; readonly file: string } {
  const data = join(folder.path, name);
  cpSync(whole, data, { recursive: true });
  const file = engineFiles(data, ending)[0];
  if (!file) throw new Error(`no ${ending} file in ${readdirSync(data, { recursive: true }).join(', ')}`);
  damage(file);
  return { data, file };
}

/** Near the beginning: in a log's last record a flipped byte cannot be told from a write that a crash tore. */
const flipByte = (file: string): void => {
  const bytes = readFileSync(file);
  const at = Math.min(Math.floor(bytes.length / 2), 300);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(file, bytes);
};

describe('a damaged file is refused, never skipped', () => {
  test.each(['.wal', '.snap'])('exit 6 for a flipped byte in a %s file, naming file and offset', async (ending) => {
    const { data, file } = damagedCopy(`flipped${ending}`, ending, flipByte);
    const refused = await startRefused({ data, args: ['--empty'], env: settings });
    expect(refused.code, refused.output).toBe(6);
    const lines = refusalLines(refused.stderr);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(file.split('/').at(-1));
    expect(lines[0]).toMatch(/at byte \d+/);
  });
});

test('a record that a crash cut off is no damage', async () => {
  const cut = (file: string): void => truncateSync(file, readFileSync(file).length - 3);
  const { data } = damagedCopy('torn', '.wal', cut);
  const server = await startServer({ data, args: ['--empty'], env: settings });
  const answer = await call(server.url, `/user-segments?uid=${firstUser}`, { token: server.operatorToken });
  expect(pick(answer.json, 'response.count')).toBe(10);
  expect((await server.stop()).code).toBe(0);
});
