import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { foyer, RunningServe } from './foyer-process.ts';
import type { Ended } from './foyer-process.ts';

const company = {
  members: [
    { id: 1, name: 'Platform', kind: 'platform' },
    { id: 1432, name: 'Example Data Provider', kind: 'data_provider' },
    { id: 100, name: 'Buyer 100', kind: 'buyer' },
  ],
  users: [
    { id: 1, member_id: 1, username: 'admin', password: 'Admin-pass-1', role: 'admin' },
    { id: 11, member_id: 1432, username: 'provider', password: 'Provider-pass-1', role: 'member' },
  ],
  segments: [
    { id: 10001, member_id: 1432, code: 'instant_1', short_name: 'Segment instant 1' },
    { id: 10002, member_id: 1432, code: 'instant_2', short_name: 'Segment instant 2' },
  ],
  enabled_data_providers: [{ buyer_member_id: 100, data_member_id: 1432 }],
};

let home: string;
let data: string;
let file: string;
let serve: RunningServe | undefined;

const run = (args: string[], stdin?: string): Promise<Ended> =>
  foyer(args, stdin === undefined ? { config: home } : { config: home, stdin });
const importFile = (...more: string[]): Promise<Ended> => run(['import', file, '--data', data, ...more]);

async function startServe(): Promise<string> {
  serve = new RunningServe(['--json', '--empty', '--data', data], { config: home });
  return (await serve.event<{ url: string }>('ready')).url;
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-import-'));
  data = join(home, 'data');
  file = join(home, 'company.json');
  await writeFile(file, JSON.stringify(company));
});

afterEach(async () => {
  await serve?.stop();
  serve = undefined;
  await rm(home, { recursive: true, force: true });
});

it('imports without a server, keeps the ids, and changes nothing the second time', async () => {
  const first = await importFile();
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^segments +2 +0 +0$/m);
  const second = await importFile();
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).toContain('Nothing changed: all 8 objects');
  const third = JSON.parse((await importFile('--json')).stdout) as unknown;
  expect(third).toMatchObject({ changed: false, import: { segments: { created: 0, changed: 0, unchanged: 2 } } });

  const url = await startServe();
  await run(['login', '--server', url, '-u', 'provider', '--password-stdin'], 'Provider-pass-1');
  const listed = await run(['curl', '/segment?fields=id,code']);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    response: {
      segments: [
        { id: 10001, code: 'instant_1' },
        { id: 10002, code: 'instant_2' },
      ],
    },
  });
});

it('imports through the server that holds the directory', async () => {
  await startServe();
  expect(await importFile()).toMatchObject({ code: 0, stderr: '' });
  expect((await importFile()).stdout).toContain('Nothing changed');
});

it('refuses a conflict whole, with the name of the object', async () => {
  await importFile();
  const changed = { ...company, segments: [...company.segments, { id: 10003, member_id: 1432, code: 'INSTANT_1', short_name: 'Twice' }] };
  const renamed = changed.members.map((member) => (member.id === 100 ? { ...member, name: 'Renamed' } : member));
  await writeFile(file, JSON.stringify({ ...changed, members: renamed }));
  const refused = await importFile();
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('Nothing was imported');
  expect(refused.stderr).toContain('segments[2] (id 10003)');
  await writeFile(file, JSON.stringify(company));
  expect((await importFile()).stdout).toContain('Nothing changed');
});

it('names the fault of a malformed file and of one that is not there', async () => {
  await writeFile(file, '{"members":[{"id":"x"}]}');
  expect(await importFile()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('members[0]') });
  await rm(file);
  expect(await importFile()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot read') });
});

it('is not misled by a run file that a crash left over', async () => {
  await mkdir(join(data, 'run'), { recursive: true });
  await writeFile(join(data, 'run', 'server.json'), '{"url":"http://127.0.0.1:9","operator_token":"t","pid":1}');
  expect(await importFile()).toMatchObject({ code: 0, stderr: '' });
});

it('is not misled by a run file whose port is another server by now', async () => {
  const other = join(home, 'other');
  const running = new RunningServe(['--json', '--empty', '--data', other], { config: home });
  const { url } = await running.event<{ url: string }>('ready');
  await mkdir(join(data, 'run'), { recursive: true });
  await writeFile(join(data, 'run', 'server.json'), JSON.stringify({ url, operator_token: 'of-the-dead', pid: 1 }));
  expect(await importFile()).toMatchObject({ code: 0, stderr: '' });
  await running.stop();
});

it('says so where a server holds the directory and its run file cannot be used', async () => {
  await startServe();
  const path = join(data, 'run', 'server.json');
  const kept = await readFile(path, 'utf8');
  await writeFile(path, 'x');
  const unreadable = await importFile();
  expect(unreadable).toMatchObject({ code: 4, stdout: '' });
  expect(unreadable.stderr).toContain(`${path} cannot be read`);
  await rm(path);
  expect(await importFile()).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('in use by a running server') });
  await writeFile(path, kept);
  expect(await importFile()).toMatchObject({ code: 0 });
});

it('keeps the demo out of a directory that holds something else', async () => {
  await importFile();
  const refused = await run(['demo', '--data', data]);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('holds more than the demo');
  expect(await run(['demo', '--data', data, '--reset'])).toMatchObject({ code: 1, stdout: '' });
});
