import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { foyer, RunningServe } from './foyer-process.ts';
import type { Ended } from './foyer-process.ts';

interface Ready {
  url: string;
  data_directory: string;
  first_account: { username: string; password: string } | null;
}
interface Party {
  member_id: number;
  username: string;
  password: string;
}
interface Demo {
  provider: Party;
  buyer: Party;
  load: { calls: number; users: number; memberships: number };
  segments: { id: number; code: string; name: string; taxonomy_id: string; users: number; shared: boolean }[];
  user_id: string;
  seen_by_provider: { memberships: { segment_id: number; value: number; expires_at: string | null }[] };
  seen_by_buyer: { memberships: { segment_id: number }[] };
}

const userId = '9100000000000000001';

let home: string;
let data: string;
let serve: RunningServe;
let ready: Ready;
let demo: Demo;

const run = (args: string[], stdin?: string): Promise<Ended> =>
  foyer(args, stdin === undefined ? { config: home } : { config: home, stdin });
const logIn = ({ username, password }: { username: string; password: string }): Promise<Ended> =>
  run(['login', '--server', ready.url, '--username', username, '--password-stdin'], `${password}\n`);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-serve-'));
  data = join(home, 'data');
  serve = new RunningServe(['--json', '--data', data], { config: home });
  ready = await serve.event<Ready>('ready');
  demo = await serve.event<Demo>('demo');
});

afterAll(async () => {
  await serve.stop();
  await rm(home, { recursive: true, force: true });
});

it('loads all people of the census on the first start, as many memberships as the mapping says', () => {
  expect(ready.data_directory).toBe(data);
  expect(ready.first_account).toMatchObject({ username: 'admin' });
  expect(demo.load.users).toBe(48_842);
  expect(demo.load.memberships).toBe(demo.segments.reduce((sum, segment) => sum + segment.users, 0));
  expect(demo.segments.find((segment) => segment.code === 'iab-50')).toMatchObject({
    name: 'Gender > Male (Census Demo Data)',
    taxonomy_id: '50',
    users: 32_650,
    shared: true,
  });
});

it('shows the provider all of a person, and the buyer only what is shared', () => {
  const shared = new Set(demo.segments.filter((segment) => segment.shared).map((segment) => segment.id));
  const provider = demo.seen_by_provider.memberships.map((membership) => membership.segment_id);
  const buyer = demo.seen_by_buyer.memberships.map((membership) => membership.segment_id);
  expect(provider).toHaveLength(10);
  expect(buyer).toEqual(provider.filter((id) => shared.has(id)));
  expect(buyer.length).toBeLessThan(provider.length);
  const values = demo.seen_by_provider.memberships.map((membership) => membership.value);
  expect(values).toEqual(expect.arrayContaining([39, 40]));
});

it('logs in, shows a user, calls the API and logs out', async () => {
  const loggedIn = await logIn(demo.buyer);
  expect(loggedIn).toMatchObject({ code: 0, stderr: '' });
  expect(loggedIn.stdout).toContain(`Logged in to ${ready.url} as demo-buyer.`);
  expect(loggedIn.stdout).not.toContain(demo.buyer.password);
  const credentials = join(home, 'foyer', 'credentials.json');
  expect((await stat(credentials)).mode & 0o777).toBe(0o600);
  const { servers } = JSON.parse(await readFile(credentials, 'utf8')) as { servers: Record<string, { token: string }> };
  expect(loggedIn.stdout).not.toContain(servers[ready.url]?.token);

  const shown = await run(['user', 'show', userId]);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toContain('Age Range > 35-39 (Census Demo Data)');
  expect(shown.stdout).not.toContain('Marital Status');

  const json = await run(['user', 'show', userId, '--json']);
  expect(JSON.parse(json.stdout)).toEqual(demo.seen_by_buyer);

  const listed = await run(['curl', '/segment?num_elements=1']);
  expect(listed.code).toBe(0);
  expect(JSON.parse(listed.stdout)).toMatchObject({ response: { status: 'OK', num_elements: 1 } });

  expect(await run(['logout'])).toMatchObject({ code: 0 });
  expect(await run(['user', 'show', userId, '--server', ready.url])).toMatchObject({ code: 5, stdout: '' });
});

it('makes, changes and refuses through curl, with exit code 22 for a refusal', async () => {
  await logIn(demo.provider);
  const refused = await run(['curl', '/segment?id=999999999']);
  expect(refused.code).toBe(22);
  expect(JSON.parse(refused.stdout)).toMatchObject({ response: { error_id: 'SYNTAX', error_code: 'NOT_FOUND' } });
  expect(refused.stderr).toContain('HTTP 404');
  const made = await run(['curl', '/segment', '-d', '{"segment":{"short_name":"Mine"}}', '--json']);
  const { id } = (JSON.parse(made.stdout) as { response: { id: number } }).response;
  expect(await run(['curl', `/segment?id=${id}`, '-X', 'DELETE'])).toMatchObject({ code: 0 });
  expect(await run(['curl', 'http://127.0.0.1:1/steal'])).toMatchObject({ code: 2, stdout: '' });
});

it('tells a wrong password, an unknown user and a server that is not there', async () => {
  const wrong = await logIn({ username: 'admin', password: 'Wrong-password-1' });
  expect(wrong).toMatchObject({ code: 5, stdout: '' });
  expect(wrong.stderr).not.toContain('Wrong-password-1');
  await logIn(demo.provider);
  const unknown = await run(['user', 'show', '77']);
  expect(unknown).toMatchObject({ code: 0, stdout: 'User 77 is not known.\n' });
  const malformed = await run(['user', 'show', 'x']);
  expect(malformed).toMatchObject({ code: 1, stdout: '' });
  const nobody = await run(['curl', '/segment', '--server', 'http://127.0.0.1:9']);
  expect(nobody).toMatchObject({ code: 3, stdout: '' });
  const noTerminal = await run(['login', '--server', ready.url, '--username', 'admin'], 'x');
  expect(noTerminal).toMatchObject({ code: 2, stdout: '' });
  expect(noTerminal.stderr).toContain('--password-stdin');
});

it('leaves a demo that is there alone, and loads it again with --reset, others being left alone', async () => {
  const again = await run(['demo', '--data', data]);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already there; nothing changed') });
  expect(JSON.parse((await run(['demo', '--data', data, '--json'])).stdout)).toEqual({ loaded: false, already_there: true });

  await logIn(demo.provider);
  const made = await run(['curl', '/segment', '-d', '{"segment":{"short_name":"Mine","code":"mine"}}']);
  const { id } = (JSON.parse(made.stdout) as { response: { id: number } }).response;
  expect(await run(['demo', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('already there') });
  const reset = await run(['demo', '--data', data, '--reset', '--json']);
  expect(reset).toMatchObject({ code: 0 });
  const loaded = JSON.parse(reset.stdout) as Demo & { loaded: boolean };
  expect(loaded).toMatchObject({ loaded: true, provider: { member_id: demo.provider.member_id }, load: { users: 48_842 } });
  expect(loaded.segments.map((segment) => segment.users)).toEqual(demo.segments.map((segment) => segment.users));
  await logIn(loaded.provider);
  expect(await run(['curl', `/segment?id=${id}`])).toMatchObject({ code: 0 });
  demo = loaded;
});

it('a second server on the same directory is refused with code 4 and one line', async () => {
  const second = await foyer(['serve', '--port', '0', '--data', data], { config: home });
  expect(second).toMatchObject({ code: 4, stdout: '' });
  expect(second.stderr.split('\n').filter((line) => line.startsWith('foyer: '))).toHaveLength(1);
});

it('stops in order, and the second start keeps the data and shows no secrets', async () => {
  expect(await serve.stop('SIGINT')).toBe(0);
  expect(existsSync(join(data, 'run', 'server.json'))).toBe(false);
  serve = new RunningServe(['--data', data], { config: home });
  await serve.line('Ctrl-C');
  const text = serve.stdout.join('\n');
  expect(text).toContain('Log in as admin, demo-provider, demo-buyer.');
  expect(text).toContain(`npx foyer user show ${userId}`);
  for (const secret of [ready.first_account?.password, demo.provider.password, demo.buyer.password]) expect(text).not.toContain(secret);
  const url = /http:\/\/[\d.:]+/.exec(text)?.[0] ?? '';
  expect(await run(['login', '--server', url, '-u', 'demo-buyer', '--password-stdin'], demo.buyer.password)).toMatchObject({ code: 0 });
  const shown = await run(['user', 'show', userId, '--json']);
  expect((JSON.parse(shown.stdout) as Demo['seen_by_buyer']).memberships).toHaveLength(demo.seen_by_buyer.memberships.length);
});
