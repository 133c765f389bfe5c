import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
let runFile: string;
let serve: RunningServe;

const run = (args: string[], stdin?: string): Promise<Ended> =>
  foyer(args, stdin === undefined ? { config: home } : { config: home, stdin });
const importFile = (...more: string[]): Promise<Ended> => run(['import', file, '--data', data, ...more]);

// The tests follow one data directory: without a server first, then with one.
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-import-'));
  data = join(home, 'data');
  file = join(home, 'company.json');
  runFile = join(data, 'run', 'server.json');
  await writeFile(file, JSON.stringify(company));
});

afterAll(async () => {
  await serve.stop();
  await rm(home, { recursive: true, force: true });
});

it('imports into a directory that no server holds', async () => {
  const first = await importFile();
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/^segments +2 +0 +0$/m);
});

it('changes nothing the second time, and is not misled by a run file that a crash left over', async () => {
  await mkdir(dirname(runFile), { recursive: true });
  await writeFile(runFile, '{"url":"http://127.0.0.1:9","operator_token":"t","pid":1}');
  const second = await importFile();
  expect(second).toMatchObject({ code: 0 });
  expect(second.stdout).toContain('Nothing changed: all 8 objects');
});

it('imports through the server that holds the directory, which kept the ids', async () => {
  serve = new RunningServe(['--json', '--data', data], { config: home });
  const { url } = await serve.event<{ url: string }>('ready');
  const result = await importFile('--json');
  expect(result).toMatchObject({ code: 0 });
  expect(JSON.parse(result.stdout)).toMatchObject({ changed: false, import: { segments: { created: 0, changed: 0, unchanged: 2 } } });
  await run(['login', '--server', url, '-u', 'provider', '--password-stdin'], 'Provider-pass-1');
  const listed = await run(['curl', '/segment?fields=id,code']);
  const segments = [
    { id: 10001, code: 'instant_1' },
    { id: 10002, code: 'instant_2' },
  ];
  expect(JSON.parse(listed.stdout)).toMatchObject({ response: { segments } });
});

it('keeps the demo out of a directory that holds something else', async () => {
  expect(serve.stdout.join()).not.toContain('"demo"');
  const refused = await run(['demo', '--data', data]);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('holds more than the demo');
  expect(await run(['demo', '--data', data, '--reset'])).toMatchObject({ code: 1, stdout: '' });
});

it('refuses a conflict whole, with the name of the object', async () => {
  const renamed = company.members.map((member) => (member.id === 100 ? { ...member, name: 'Renamed' } : member));
  const segments = [...company.segments, { id: 10003, member_id: 1432, code: 'INSTANT_1', short_name: 'Twice' }];
  await writeFile(file, JSON.stringify({ ...company, members: renamed, segments }));
  const refused = await importFile();
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('segments[2] (id 10003)');
  expect(refused.stderr).toContain('Nothing was imported');
  await writeFile(file, JSON.stringify(company));
  expect((await importFile()).stdout).toContain('Nothing changed');
});

it('names the fault of a malformed file and of one that is not there', async () => {
  await writeFile(file, '{"members":[{"id":"x"}]}');
  expect(await importFile()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('members[0]') });
  await rm(file);
  expect(await importFile()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot read') });
  await writeFile(file, JSON.stringify(company));
});

it('says so where a server holds the directory and its run file cannot be used', async () => {
  const kept = await readFile(runFile, 'utf8');
  await writeFile(runFile, 'x');
  const unreadable = await importFile();
  expect(unreadable).toMatchObject({ code: 4, stdout: '' });
  expect(unreadable.stderr).toContain(`${runFile} cannot be read`);
  await rm(runFile);
  expect(await importFile()).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('in use by a running server') });
  await writeFile(runFile, kept);
  expect(await importFile()).toMatchObject({ code: 0 });
});

it('is not misled by a run file whose port is another server by now', async () => {
  const { url } = JSON.parse(await readFile(runFile, 'utf8')) as { url: string };
  const other = join(home, 'other');
  await mkdir(join(other, 'run'), { recursive: true });
  await writeFile(join(other, 'run', 'server.json'), JSON.stringify({ url, operator_token: 'of-the-dead', pid: 1 }));
  const imported = await run(['import', file, '--data', other]);
  expect(imported).toMatchObject({ code: 0 });
  expect(imported.stdout).toMatch(/^segments +2 +0 +0$/m);
});
