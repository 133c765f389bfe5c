/** The documents' own commands, played with the real curl: cookies in a file, bodies under curl's form content type, tokens in the address. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importText, pick } from '../api.ts';
import type { Json } from '../api.ts';
import { startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer } from '../running-server.ts';
import { accounts, buyerMembers, segmentIds, smallImport } from '../small-import.ts';

let server: RunningServer;
const folder = temporaryFolder('curl');

/** `curl -s …` in the folder that holds the cookies and the bodies; the path stands last. */
function curl(...args: readonly string[]): Json {
  const path = args.at(-1) ?? '';
  const text = execFileSync('curl', ['-s', ...args.slice(0, -1), server.url + path], { cwd: folder.path, encoding: 'utf8' });
  return JSON.parse(text) as Json;
}

beforeAll(async () => {
  server = await startServer({ data: join(folder.path, 'data'), args: ['--empty'] });
  await importText(server.url, server.operatorToken, smallImport());
  writeFileSync(join(folder.path, 'auth'), JSON.stringify({ auth: accounts.provider }));
});
afterAll(async () => {
  await server.kill();
  folder.remove();
});

test('log in with a cookie file, make a segment from a file, share it, read it back', () => {
  const login = curl('-b', 'cookies', '-c', 'cookies', '-X', 'POST', '-d', '@auth', '/auth');
  expect(pick(login, 'response.status')).toBe('OK');

  writeFileSync(join(folder.path, 'segment'), JSON.stringify({ segment: { short_name: 'From curl', code: 'curl' } }));
  const made = curl('-b', 'cookies', '-X', 'POST', '-d', '@segment', '/segment');
  expect(pick(made, 'response.segment')).toMatchObject({ short_name: 'From curl', code: 'curl' });

  const id = pick(made, 'response.id');
  const record = { buyer_member_id: buyerMembers[0], segment_exposure: 'list', segments: [{ id }] };
  writeFileSync(join(folder.path, 'sharing'), JSON.stringify({ member_data_sharing: record }));
  const shared = curl('-b', 'cookies', '-X', 'POST', '-d', '@sharing', '/member-data-sharing');
  expect(pick(shared, 'response.member_data_sharing.segments.0')).toEqual({ id, name: 'From curl' });
  const records = curl('-b', 'cookies', '/member-data-sharing');
  expect(pick(records, 'response.member_data_sharings.0.segments')).toEqual([{ id, name: 'From curl' }]);
});

test('put a user into a segment with the token in the header and in the address, and look it up', () => {
  const token = String(pick(curl('-X', 'POST', '-d', '@auth', '/auth'), 'response.token'));
  const body = (value: number): string =>
    JSON.stringify({ rt_segment: [{ user_id: '12345678900987654321', seg_block: [{ seg_id: segmentIds[0], value, expiration: 1440 }] }] });
  const inHeader = curl('-X', 'POST', '-H', `Authorization: ${token}`, '-d', body(1), '/rt-segment');
  expect(pick(inHeader, 'response.message')).toEqual({ users_in_request: 1, segments_in_request: 1 });
  const inAddress = curl('-d', body(2), `/rt-segment?access_token=${token}`);
  expect(pick(inAddress, 'response.status')).toBe('OK');
  const found = curl('-H', `Authorization: ${token}`, '/user-segments?uid=12345678900987654321');
  expect(pick(found, 'response.memberships')).toMatchObject([{ segment_id: segmentIds[0], value: 2 }]);
});
