import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, type Json, pick } from '../../../test/api.ts';
import { startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let operator = '';
async function start(): Promise<void> {
  platform = await startPlatform({ bare: true });
  operator = platform.server.sessions.createOperatorToken();
}
/** Each test begins with an empty catalog. */
function eachAlone(): void {
  beforeEach(start);
  afterEach(() => platform.stop());
}
/** The tests share a catalog that holds the file, because they change nothing. */
function allTogether(): void {
  beforeAll(async () => {
    await start();
    await send(file);
  });
  afterAll(() => platform.stop());
}

const secret = 'Import-pass-1';
const file = {
  members: [
    { id: 1, name: 'Platform', kind: 'platform' },
    { id: 500, name: 'Provider', kind: 'data_provider', reads_per_minute: 0 },
    { id: 600, name: 'Buyer', kind: 'buyer' },
  ],
  users: [{ id: 902, member_id: 500, username: 'provider', password: secret, role: 'member' }],
  advertisers: [{ id: 51, member_id: 500, code: 'adv', name: 'Advertiser' }],
  segments: [
    { id: 1002, member_id: 500, code: 'child', parent_segment_id: 1003 },
    { id: 1003, member_id: 500, code: 'top', short_name: 'Top' },
  ],
  enabled_data_providers: [{ buyer_member_id: 600, data_member_id: 500 }],
  member_segment_access: [{ member_id: 600, segment_owner_member_id: 500 }],
  data_categories: [{ id: 9, member_id: 500, name: 'Cars' }],
};
type File = { [Kind in keyof typeof file]: readonly object[] } & { test_passwords?: boolean };

const send = (body: Partial<File> | string, token = operator) =>
  call(platform.url, '/import', { method: 'POST', token, body: typeof body === 'string' ? body : JSON.stringify(body) });
const counts = (json: Json | undefined) =>
  pick(json, 'response.import') as Record<string, { created: number; changed: number; unchanged: number }>;
const error = (json: Json | undefined): string => `${String(pick(json, 'response.error_id'))}: ${String(pick(json, 'response.error'))}`;
const rows = async (table: 'member' | 'segment' | 'account' | 'public_key' | 'audit_event') =>
  platform.server.catalog.read.selectFrom(table).selectAll().orderBy('id').execute();
const logIn = async (username: string, password: string): Promise<string> =>
  String(pick((await call(platform.url, '/auth', { json: { auth: { username, password } } })).json, 'response.token') ?? '');

describe('200', () => {
  eachAlone();
  it('makes everything with its ids, which new ones start behind', async () => {
    const answer = await send(file);
    expect(answer.status).toBe(200);
    expect(counts(answer.json)).toEqual(
      Object.fromEntries(Object.entries(file).map(([kind, list]) => [kind, { created: list.length, changed: 0, unchanged: 0 }])),
    );
    expect((await rows('segment')).map((row) => row.id)).toEqual([1002, 1003]);
    const token = await logIn('provider', secret);
    const made = await call(platform.url, '/segment', { token, json: { segment: {} } });
    expect(pick(made.json, 'response.id')).toBe(1004);
    expect(pick((await call(platform.url, '/member', { token })).json, 'response.member')).toMatchObject({
      id: 500,
      reads_per_minute: 0,
      writes_per_minute: 1000,
    });
  });
  it('changes nothing the second time, and writes no event', async () => {
    await send(file);
    const events = await rows('audit_event');
    const again = counts((await send(file)).json);
    for (const [kind, list] of Object.entries(file)) expect(again[kind]).toEqual({ created: 0, changed: 0, unchanged: list.length });
    expect(await rows('audit_event')).toEqual(events);
  });
  it('changes what differs and makes what is missing', async () => {
    await send(file);
    const next = {
      ...file,
      members: [
        ...file.members.slice(0, 2),
        { id: 600, name: 'Buyer renamed', kind: 'buyer', state: 'inactive' },
        { id: 700, name: 'New', kind: 'bidder' },
      ],
      segments: [file.segments[1] ?? {}, { id: 1002, member_id: 500, code: 'child', short_name: 'Child' }],
    };
    const result = counts((await send(next)).json);
    expect(result['members']).toEqual({ created: 1, changed: 1, unchanged: 2 });
    expect(result['segments']).toEqual({ created: 0, changed: 1, unchanged: 1 });
    expect((await rows('segment'))[0]).toMatchObject({ short_name: 'Child', parent_segment_id: 1003 });
  });
  it('lets segments change codes with each other', async () => {
    await send(file);
    const swapped = [
      { id: 1002, member_id: 500, code: 'top' },
      { id: 1003, member_id: 500, code: 'child' },
    ];
    expect(counts((await send({ segments: swapped })).json)['segments']).toEqual({ created: 0, changed: 2, unchanged: 0 });
    expect((await rows('segment')).map((row) => 'code' in row && row.code)).toEqual(['top', 'child']);
  });
  it('neither sets nor compares passwords later', async () => {
    await send(file);
    const changed = { users: [{ ...file.users[0], password: 'Other-pass-222' }] };
    expect(counts((await send(changed)).json)['users']).toEqual({ created: 0, changed: 0, unchanged: 1 });
    expect(await logIn('provider', secret)).not.toBe('');
  });
  it('marks accounts with test passwords until theirs is changed', async () => {
    await send({ ...file, test_passwords: true });
    const marked = async () =>
      (await platform.server.catalog.read.selectFrom('account').select('test_password').where('id', '=', 902).executeTakeFirst())
        ?.test_password;
    expect(await marked()).toBe(1);
    await send(file);
    expect(await marked()).toBe(1);
    const token = await logIn('provider', secret);
    await call(platform.url, '/user?id=902', { method: 'PUT', token, json: { user: { password: 'Changed-pass-1' } } });
    expect(await marked()).toBe(0);
  });
  it('takes a role for optional', async () => {
    await send({ ...file, users: [{ id: 903, member_id: 600, username: 'plain', password: secret }] });
    const token = await logIn('plain', secret);
    expect(pick((await call(platform.url, '/user?current', { token })).json, 'response.user.user_type')).toBe('member');
  });
  it('takes the conformance fixture', async () => {
    const text = await readFile(new URL('../../../test/conformance/fixture.json', import.meta.url), 'utf8');
    const fixture = JSON.parse(text) as File;
    const few = { ...fixture, users: fixture.users.slice(0, 1) };
    expect((await send(few)).status).toBe(200);
    expect(counts((await send(few)).json)['segments']).toEqual({ created: 0, changed: 0, unchanged: fixture.segments.length });
  });
});

describe('after a first start', () => {
  eachAlone();
  const firstStart = async () => {
    const first = await platform.server.createFirstAccount();
    return { token: await logIn(first?.username ?? '', first?.password ?? ''), first };
  };
  it('the file’s administrator takes the first account’s place, whose sessions end', async () => {
    const { token, first } = await firstStart();
    const admin = { id: 901, member_id: 1, username: 'admin', password: secret, role: 'admin' };
    expect((await send({ ...file, users: [admin] }, token)).status).toBe(200);
    expect((await call(platform.url, '/member', { token })).status).toBe(401);
    expect(await logIn('admin', first?.password ?? '')).toBe('');
    expect(await logIn('admin', secret)).not.toBe('');
    expect(await platform.server.createFirstAccount()).toBeUndefined();
  });
  it('an account with its id takes it over, and its token acts for nobody', async () => {
    const { token } = await firstStart();
    await send({ ...file, users: [{ id: 1, member_id: 500, username: 'joe', password: secret, role: 'member' }] });
    expect((await call(platform.url, '/member', { token })).status).toBe(401);
    expect((await rows('account')).length).toBe(1);
    expect(await logIn('joe', secret)).not.toBe('');
  });
  it.each([901, 1])('the first account’s keys go when account %i takes its place', async (id) => {
    const { token } = await firstStart();
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
    const registered = { 'public-key': { name: 'key', encoded_value: key } };
    expect((await call(platform.url, '/public-key?user_id=1', { token, json: registered })).status).toBe(200);
    const users = [{ id, member_id: 1, username: 'admin', password: secret, role: 'admin' }];
    expect((await send({ ...file, users }, token)).status).toBe(200);
    expect(await rows('public_key')).toEqual([]);
  });
  it('the platform of the first start gives way to the file’s', async () => {
    const { token } = await firstStart();
    const moved = {
      ...file,
      members: [
        { id: 1, name: 'A buyer with the id 1', kind: 'buyer' },
        { id: 77, name: 'Exchange', kind: 'platform' },
        ...file.members.slice(1),
      ],
    };
    const answer = await send(moved);
    expect(counts(answer.json)['members']).toEqual({ created: 4, changed: 0, unchanged: 0 });
    expect(counts((await send(moved)).json)['members']).toEqual({ created: 0, changed: 0, unchanged: 4 });
    expect(pick((await call(platform.url, '/user?current', { token })).json, 'response.user.entity_id')).toBe(77);
    expect(
      pick((await call(platform.url, '/segment', { token: operator, json: { segment: {} } })).json, 'response.segment.member_id'),
    ).toBe(77);
  });
  it('and makes room for a file without one', async () => {
    const { token } = await firstStart();
    const moved = { members: [{ id: 1, name: 'A buyer with the id 1', kind: 'buyer' }] };
    expect(counts((await send(moved)).json)['members']).toEqual({ created: 1, changed: 0, unchanged: 0 });
    expect(pick((await call(platform.url, '/user?current', { token })).json, 'response.user.entity_id')).toBe(2);
  });
});

describe('409 INTEGRITY names the object and refuses the whole file', () => {
  allTogether();
  it.each<[string, Partial<File>, string]>([
    ['another kind', { members: [{ id: 600, name: 'Buyer', kind: 'bidder' }] }, 'members[0] (id 600): member 600 is there as a buyer'],
    ['a second platform', { members: [{ id: 2, name: 'P', kind: 'platform' }] }, 'members[0] (id 2): member 1 is the platform already'],
    ['a user of no member', { users: [{ id: 5, member_id: 9, username: 'x', password: secret }] }, 'users[0] (id 5): there is no member 9'],
    [
      'a user name that is taken',
      { users: [{ id: 5, member_id: 500, username: 'provider', password: secret }] },
      "users[0] (id 5): the user name 'provider' belongs to account 902",
    ],
    [
      'another user name',
      { users: [{ id: 902, member_id: 500, username: 'x', password: secret }] },
      'users[0] (id 902): account 902 is there',
    ],
    [
      'another member of a user',
      { users: [{ id: 902, member_id: 600, username: 'provider', password: secret }] },
      'users[0] (id 902): account 902 belongs',
    ],
    [
      'an administrator elsewhere',
      { users: [{ id: 5, member_id: 500, username: 'x', password: secret, role: 'admin' }] },
      'users[0] (id 5): member 500 is not the platform',
    ],
    ['an advertiser elsewhere', { advertisers: [{ id: 51, member_id: 600, name: 'x' }] }, 'advertisers[0] (id 51): advertiser 51 belongs'],
    ['an advertiser’s code', { advertisers: [{ id: 52, member_id: 500, name: 'x', code: 'ADV' }] }, 'advertisers[0] (id 52): '],
    ['a segment elsewhere', { segments: [{ id: 1003, member_id: 600 }] }, 'segments[0] (id 1003): segment 1003 belongs'],
    [
      'a code that is taken',
      {
        segments: [
          { id: 5, member_id: 500 },
          { id: 6, member_id: 500, code: 'TOP' },
        ],
      },
      "segments[1] (id 6): The code 'TOP'",
    ],
    ['a parent that is none', { segments: [{ id: 5, member_id: 500, parent_segment_id: 99 }] }, 'segments[0] (id 5): '],
    ['an advertiser that is none', { segments: [{ id: 5, member_id: 500, advertiser_id: 99 }] }, 'segments[0] (id 5): '],
    ['a provider that is none', { enabled_data_providers: [{ buyer_member_id: 600, data_member_id: 600 }] }, 'enabled_data_providers[0]: '],
    ['a grant of nobody', { member_segment_access: [{ member_id: 600, segment_owner_member_id: 9 }] }, 'member_segment_access[0]: '],
    ['a category elsewhere', { data_categories: [{ id: 9, member_id: 600, name: 'x' }] }, 'data_categories[0] (id 9): '],
  ])('%s', async (_what, conflict, text) => {
    const [members, events] = [await rows('member'), await rows('audit_event')];
    const answer = await send({ ...conflict, members: [...(conflict.members ?? []), { id: 5000, name: 'Never', kind: 'buyer' }] });
    expect(answer.status).toBe(409);
    expect(error(answer.json)).toContain(`INTEGRITY: ${text}`);
    expect([await rows('member'), await rows('audit_event')]).toEqual([members, events]);
  });
});

describe('400 SYNTAX names the place', () => {
  allTogether();
  it.each<[object, string]>([
    [{ memberz: [] }, 'memberz: is unknown'],
    [{ members: {} }, 'members: must be an array'],
    [{ members: [5] }, 'members[0]: must be an object'],
    [{ members: [{ id: 1 }] }, 'members[0].name: is required'],
    [{ members: [{ id: 1.5, name: 'x', kind: 'buyer' }] }, 'members[0].id: must be an integer'],
    [{ members: [{ id: 1, name: 'x', kind: 'king' }] }, 'members[0].kind: must be one of'],
    [{ members: [{ id: 1, name: 'x', kind: 'buyer', colour: 'red' }] }, 'members[0].colour is unknown'],
    [
      {
        members: [
          { id: 1, name: 'x', kind: 'buyer' },
          { id: 1, name: 'y', kind: 'buyer' },
        ],
      },
      'members[1]: is there twice (id 1)',
    ],
    [{ users: [{ id: 1, member_id: 1, username: 'x' }] }, 'users[0].password: is required'],
    [{ segments: [{ id: 1, member_id: 1, description: "it's" }] }, 'segments[0].description: must hold neither'],
    [{ test_passwords: 'yes' }, 'test_passwords: must be true or false'],
  ])('%o', async (body, text) => expect(error((await send(JSON.stringify(body))).json)).toContain(`SYNTAX: ${text}`));
  it('__proto__ is unknown, not a prototype', async () => {
    expect(error((await send('{"__proto__":{"members":[]}}')).json)).toContain('__proto__: is unknown');
  });
  it('what is no JSON', async () => expect(error((await send('members:')).json)).toContain('SYNTAX'));
});

describe('403 UNAUTH', () => {
  allTogether();
  it('everybody but administrators', async () => {
    expect(error((await send(file, await logIn('provider', secret))).json)).toContain('UNAUTH');
  });
});
