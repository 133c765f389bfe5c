import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const account = {
  username: 'fresh',
  password: 'Fresh-pass-1',
  email: 'fresh@example.com',
  first_name: 'Fresh',
  last_name: 'User',
  user_type: 'member',
  entity_id: members.buyer,
};
const post = (user: object, as: AccountName = 'admin') => platform.call('POST /user', { as, json: { user: { ...account, ...user } } });
const logIn = (username: string) => platform.call('POST /auth', { as: null, json: { auth: { username, password: account.password } } });

describe('200', () => {
  it('answers the id alone; without api_login it may not log in', async () => {
    const answer = await post({ username: 'mute' });
    expect(answer.at('id')).toEqual(expect.any(Number));
    expect(answer.at('user')).toBeUndefined();
    expect((await platform.call(`GET /user?id=${Number(answer.at('id'))}`, { as: 'admin' })).at('user.api_login')).toBe(false);
    expect((await logIn('mute')).at('error_id')).toBe('UNAUTH');
  });
  it('belongs to its member', async () => {
    await post({ username: 'able', api_login: true, entity_id: String(members.buyer) });
    const token = String((await logIn('able')).at('token'));
    const own = await platform.call('GET /user?current', { as: null, headers: { authorization: token } });
    expect(own.at('user')).toMatchObject({ username: 'able', entity_id: members.buyer, entity_name: 'Member buyer' });
  });
  it('keeps the password out of the audit trail', async () => {
    await post({ username: 'audited' });
    const event = (await platform.audit()).at(-1);
    expect(event).toMatchObject({ operation: 'createAccount', object_type: 'account', member_id: members.buyer });
    expect(event?.after).toContain('"password_hash":"***"');
    expect(event?.after).not.toMatch(/argon2|Fresh-pass/);
  });
});

describe('400 SYNTAX', () => {
  it.each(['username', 'password', 'email', 'first_name', 'last_name', 'user_type', 'entity_id'])('without %s', async (field) => {
    const answer = await post({ username: 'never', [field]: undefined });
    expect([answer.at('error_id'), answer.at('error')]).toEqual(['SYNTAX', `user.${field} is required`]);
  });
  it.each([
    { password: 'short-A1' },
    { password: 'no-capital-1' },
    { user_type: 'king' },
    { entity_id: 'x' },
    { username: '' },
    { read_only: 1 },
    { password_expires_on: 'tomorrow' },
  ])('%o', async (user) => expect((await post({ username: 'never', ...user })).at('error_id')).toBe('SYNTAX'));
  it('never shows the password', async () => expect((await post({ password: 'Secret' })).text).not.toContain('Secret'));
});

it.each(['provider', 'viewer'] as const)('403 UNAUTH: %s', async (as) => expect((await post({}, as)).at('error_id')).toBe('UNAUTH'));

describe('409 INTEGRITY', () => {
  it.each([
    ['a name that is taken', { username: 'provider' }],
    ['a member that does not exist', { username: 'never', entity_id: 99_999 }],
    ['an administrator elsewhere than at the platform', { username: 'never', user_type: 'admin' }],
  ])('%s', async (_what, user) => expect((await post(user)).at('error_id')).toBe('INTEGRITY'));
  it('a name from two calls at once: one of them', async () => {
    const both = await Promise.all([post({ username: 'race' }), post({ username: 'race' })]);
    expect(both.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
  });
});
