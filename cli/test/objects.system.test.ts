/** The commands of segments, members, accounts and sharing records, from the shell to a running server and back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foyer, RunningServe } from './foyer-process.ts';
import type { Ended } from './foyer-process.ts';

interface Ready {
  url: string;
  first_account: { username: string; password: string };
}

const password = 'Correct-horse-1';
let home: string;
let serve: RunningServe;
let ready: Ready;
const ids: Record<string, number> = {};

/** One command in somebody's name; each has a config directory of its own. */
const as = (who: string, args: string[], stdin?: string): Promise<Ended> =>
  foyer(args, { config: home, env: { XDG_CONFIG_HOME: join(home, who) }, ...(stdin === undefined ? {} : { stdin }) });
async function jsonOf<Result = Record<string, unknown>>(who: string, args: string[], stdin?: string): Promise<Result> {
  const ended = await as(who, [...args, '--json'], stdin);
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
  return JSON.parse(ended.stdout) as Result;
}
const logIn = (who: string, secret: string): Promise<Ended> =>
  as(who, ['login', '--server', ready.url, '--username', who, '--password-stdin'], secret);

async function addParty(name: string, type: string): Promise<void> {
  const { id } = await jsonOf<{ id: number }>('admin', ['member', 'create', '--name', name, '--type', type, '--code', name]);
  ids[name] = id;
  const names = ['--email', `${name}@example.com`, '--first-name', 'A', '--last-name', 'B', '--password-stdin'];
  await jsonOf('admin', ['account', 'create', '--member', String(id), '--username', name, ...names], password);
  await logIn(name, password);
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-objects-'));
  serve = new RunningServe(['--json', '--empty', '--data', join(home, 'data')], { config: home });
  ready = await serve.event<Ready>('ready');
  await logIn('admin', ready.first_account.password);
  await addParty('provider', 'data_provider');
  await addParty('buyer', 'buyer');
});
afterAll(async () => {
  await serve.stop();
  await rm(home, { recursive: true, force: true });
});

describe('segments', () => {
  it('are made, shown, changed, listed and deleted', async () => {
    const made = await jsonOf<{ id: number }>('provider', [
      'segment',
      'create',
      '--name',
      'Cars > Buyers',
      '--code',
      'cars',
      '--expire-minutes',
      '60',
    ]);
    expect(made).toMatchObject({ short_name: 'Cars > Buyers', expire_minutes: 60, member_id: ids['provider'] });
    const id = String(made.id);
    const changed = await as('provider', ['segment', 'update', id, '--expire-minutes', 'null', '--body', '{"description":"New ones"}']);
    expect([changed.code, changed.stdout]).toEqual([0, `Segment ${id} is changed.\n`]);
    expect(await jsonOf('provider', ['segment', 'show', id])).toMatchObject({
      expire_minutes: null,
      description: 'New ones',
      code: 'cars',
    });
    const shown = await as('provider', ['segment', 'show', id]);
    expect(shown.stdout).toMatch(/^short_name +Cars > Buyers$/m);
    const table = await as('provider', ['segment', 'list', '--name', 'cars']);
    expect(table.stdout.split('\n')[0]).toMatch(/^ *id +code +short_name/);
    expect(table.stdout).toContain('Cars > Buyers');
    expect((await as('provider', ['segment', 'delete', id])).stdout).toBe(`Segment ${id} is deleted.\n`);
    const gone = await as('provider', ['segment', 'show', id]);
    expect([gone.code, gone.stdout]).toEqual([1, '']);
    expect(gone.stderr).toContain(`There is no segment with id ${id}`);
  });

  it('are listed with filters, in an order, as many as asked for', async () => {
    for (const code of ['l-b', 'l-a', 'l-c']) await jsonOf('provider', ['segment', 'create', '--code', code]);
    const list = async (...args: string[]): Promise<Ended> => await as('provider', ['segment', 'list', '--json', ...args]);
    const codes = (ended: Ended): unknown[] =>
      ended.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { code: unknown }).code);
    expect(codes(await list('--where', 'like_code=l-', '--sort', 'code.desc'))).toEqual(['l-c', 'l-b', 'l-a']);
    expect(codes(await list('--code', 'l-a'))).toEqual(['l-a']);
    const first = await list('--where', 'like_code=l-', '--limit', '2');
    expect(codes(first)).toEqual(['l-b', 'l-a']);
    expect(first.stderr).toContain('Only the first 2 are shown');
    expect((await as('provider', ['segment', 'list', '--code', 'none', '--where', 'min_id=1'])).stdout).toBe('no segments\n');
  });

  it('name what is wrong with a command, and do nothing', async () => {
    const cases: [string[], RegExp][] = [
      [['segment', 'update', '7'], /nothing to change was named/],
      [['segment', 'show', 'cars'], /ID is a number, not "cars"/],
      [['segment', 'create', '--expire-minutes', 'soon'], /--expire-minutes is a whole number or null/],
      [['segment', 'create', '--state', 'on'], /--state is one of active, inactive/],
      [['segment', 'create', '--body', '{"code"'], /--body is not JSON/],
      [['segment', 'list', '--where', 'state'], /--where is FIELD=VALUE/],
      [['segment', 'delete'], /ID\.\.\. is missing/],
      [['segment', 'remove', '7'], /no command "segment remove"; there is: list, show, create, update, delete/],
    ];
    for (const [args, text] of cases) {
      const ended = await as('provider', args);
      expect([ended.code, ended.stdout]).toEqual([2, '']);
      expect(ended.stderr).toMatch(text);
    }
    const refused = await as('provider', ['segment', 'list', '--sort', 'nothing']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('sort')]);
    const warned = await as('provider', ['segment', 'create', '--body', '{"colour":"red"}']);
    expect([warned.code, warned.stderr]).toEqual([0, expect.stringContaining('colour')]);
  });
});

describe('members and accounts', () => {
  it('are listed and shown to whom they are to be', async () => {
    const all = (await as('admin', ['member', 'list', '--json', '--sort', 'id.desc', '--limit', '2'])).stdout;
    expect(all).toContain('"name":"buyer"');
    expect(await jsonOf('provider', ['member', 'list'])).toMatchObject({ id: ids['provider'], active: true });
    expect((await as('provider', ['member', 'show', String(ids['buyer'])])).code).toBe(1);
    const refused = await as('provider', ['member', 'create', '--name', 'X']);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('administrator')]);
  });

  it('change, and a new password is the one that counts', async () => {
    const { id } = await jsonOf<{ id: number }>('admin', ['account', 'list', '--username', 'buyer']);
    expect(await jsonOf('buyer', ['account', 'update', String(id), '--email', 'new@example.com'])).toMatchObject({
      email: 'new@example.com',
    });
    const changed = await as('buyer', ['account', 'password', '--password-stdin'], 'Another-horse-2\n');
    expect([changed.code, changed.stdout]).toEqual([0, 'The password of buyer is changed.\n']);
    expect((await logIn('buyer', password)).code).toBe(5);
    const random = await jsonOf<{ password: string }>('admin', ['account', 'password', '--account', String(id), '--random-password']);
    expect((await logIn('buyer', random.password)).code).toBe(0);
  });
});

describe('sharing records', () => {
  it('are made, changed and deleted', async () => {
    const enabling = JSON.stringify({ 'data-buyer-provider': { data_provider_member_id: ids['provider'], active: true } });
    expect((await as('buyer', ['curl', '/data-buyer-provider', '-d', enabling])).code).toBe(0);
    const [one, two] = [await newSegment('s-1'), await newSegment('s-2')];
    const buyer = String(ids['buyer']);
    const record = await jsonOf<{ id: number }>('provider', ['sharing', 'create', '--buyer', buyer, '--segments', String(one)]);
    const id = String(record.id);
    expect(record).toMatchObject({ buyer_member_id: ids['buyer'], segment_exposure: 'list', segments: [{ id: one }] });
    expect((await as('buyer', ['segment', 'show', String(one)])).code).toBe(0);
    await jsonOf('provider', ['sharing', 'update', id, '--segments', String(two), '--append']);
    expect(await jsonOf('provider', ['sharing', 'show', id])).toMatchObject({ segments: [{ id: one }, { id: two }] });
    await jsonOf('provider', ['sharing', 'update', id, '--segments', '']);
    expect((await as('buyer', ['segment', 'show', String(one)])).code).toBe(1);
    expect(await jsonOf('provider', ['sharing', 'list', '--buyer', buyer])).toMatchObject({ id: record.id, segments: [] });
    expect(await jsonOf('provider', ['sharing', 'delete', id])).toEqual({ deleted: 1, ids: [record.id] });
    const both = await as('provider', ['sharing', 'create', '--buyer', buyer, '--all', '--segments', '1']);
    expect([both.code, both.stderr]).toEqual([2, 'foyer: --segments or --all, not both\n']);
  });

  const newSegment = async (code: string): Promise<number> =>
    (await jsonOf<{ id: number }>('provider', ['segment', 'create', '--code', code])).id;
});

it('somebody who is not logged in is told what to do', async () => {
  const ended = await as('nobody', ['segment', 'list', '--server', ready.url]);
  expect(ended).toMatchObject({ code: 5, stdout: '', stderr: `foyer: not logged in to ${ready.url}; "npx foyer login" does that\n` });
});
