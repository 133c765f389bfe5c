import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { foyer, RunningServe } from './foyer-process.ts';

let home = '';
let data = '';
let copy = '';
let serve: RunningServe;
const run = (...args: string[]) => foyer(args, { config: home });
const company = {
  members: [
    { id: 1, name: 'Platform', kind: 'platform' },
    { id: 100, name: 'Provider', kind: 'data_provider' },
  ],
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-cli-backup-'));
  data = join(home, 'data');
  copy = join(home, 'monday');
  await writeFile(join(home, 'company.json'), JSON.stringify(company));
  expect(await run('import', join(home, 'company.json'), '--data', data)).toMatchObject({ code: 0 });
  serve = new RunningServe(['--json', '--empty', '--data', data], { config: home });
  await serve.event('ready');
});
afterAll(async () => {
  serve.stop();
  await serve.ended;
  await rm(home, { recursive: true, force: true });
});

it('backs up the running server, once', async () => {
  const made = await run('backup', 'monday', '--data', data, '--json');
  expect(made).toMatchObject({ code: 0 });
  expect(JSON.parse(made.stdout)).toMatchObject({ backup: { directory: copy, users: 0, memberships: 0 } });
  const again = await run('backup', 'monday', '--data', data);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('holds something already') });
});

it('verifies the backup, and not a directory that a server holds', async () => {
  const verified = await run('verify', '--data', copy);
  expect(verified).toMatchObject({ code: 0, stderr: '' });
  expect(verified.stdout).toMatch(/monday is whole\.\nprofiles +0 users, .*\nlog +40 bytes\ncatalog +2 members, /);
  expect(JSON.parse((await run('verify', '--data', copy, '--json')).stdout)).toMatchObject({ ok: true, catalog: { members: 2 } });
  expect(await run('verify', '--data', data)).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('in use') });
});

it('restores into a new directory only, which can be backed up without a server of its own', async () => {
  const restored = join(home, 'restored');
  expect(await run('restore', 'monday', '--data', data)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('holds something'),
  });
  expect(await run('restore', '--data', restored)).toMatchObject({ code: 2, stdout: '' });
  const done = await run('restore', 'monday', '--data', restored);
  expect(done).toMatchObject({ code: 0 });
  expect(done.stdout).toMatch(/restored holds the backup of 20.*Z now\.\nprofiles/);
  expect(await run('backup', 'tuesday', '--data', restored)).toMatchObject({ code: 0 });
  await rm(join(home, 'tuesday', 'backup.json'));
  expect(await run('restore', 'tuesday', '--data', join(home, 'never'))).toMatchObject({
    code: 6,
    stdout: '',
    stderr: expect.stringContaining('no whole backup'),
  });
  expect((await readdir(home)).filter((name) => name.includes('unfinished') || name === 'never')).toEqual([]);
});
