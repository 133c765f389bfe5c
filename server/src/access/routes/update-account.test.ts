import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountIds, members, password, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const put = (id: number, user: object, as: AccountName = 'provider') => platform.call(`PUT /user?id=${id}`, { as, json: { user } });
const own = accountIds.provider;

describe('200', () => {
  it('changes the own names, email and phone', async () => {
    const answer = await put(own, { first_name: 'É', last_name: 'L', email: 'e@example.com', phone: '+49' });
    expect(answer.at('user')).toMatchObject({ first_name: 'É', last_name: 'L', email: 'e@example.com', phone: '+49' });
    expect((await platform.call('GET /user?like_first_name=%C3%A9')).at('users.0.id')).toBe(own);
    expect((await put(own, { phone: null })).at('user.phone')).toBeNull();
  });
  it('takes back what it shows', async () => {
    const shown = (await platform.call('GET /user?current')).at('user') as Record<string, unknown>;
    const { state: _state, password_expires_on: _expiry, read_only: _read, api_login: _api, ...sent } = shown;
    expect((await put(own, sent)).status).toBe(200);
  });
  it('a new password ends the other sessions and keeps this one', async () => {
    const other = String((await platform.call('POST /auth', { as: null, json: { auth: { username: 'buyer', password } } })).at('token'));
    expect((await put(accountIds.buyer, { password: 'Another-pass-2' }, 'buyer')).status).toBe(200);
    expect((await platform.call('GET /member', { as: 'buyer' })).status).toBe(200);
    expect((await platform.call('GET /member', { as: null, headers: { authorization: other } })).at('error_id')).toBe('NOAUTH');
    expect((await platform.call('POST /auth', { as: null, json: { auth: { username: 'buyer', password } } })).status).toBe(401);
  });
  it('by an administrator, of any account, also what is not its own to set', async () => {
    const changed = { state: 'inactive', read_only: true, api_login: false, password_expires_on: '2027-01-01 00:00:00' };
    expect((await put(accountIds.bidder, changed, 'admin')).at('user')).toMatchObject(changed);
    expect((await platform.call('GET /member', { as: 'bidder' })).at('error_id')).toBe('NOAUTH_DISABLED');
    expect((await put(accountIds.bidder, { password_expires_on: null }, 'admin')).at('user.password_expires_on')).toBeNull();
  });
  it('audits what changed, and nothing where nothing does', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await put(own, {});
    await put(own, { password: 'Third-pass-333' });
    const events = await platform.audit(last);
    expect(events.map((event) => [event.before, event.after])).toEqual([['{"password_hash":"***"}', '{"password_hash":"***"}']]);
  });
});

describe('400 SYNTAX', () => {
  it.each([{ password: 'weak' }, { email: 5 }, { entity_id: members.buyer }, { user_type: 'admin' }])('%o', async (user) => {
    expect((await put(own, user)).at('error_id')).toBe('SYNTAX');
  });
  it('no id', async () => expect((await platform.call('PUT /user', { json: { user: {} } })).at('error_id')).toBe('SYNTAX'));
});

describe('403 UNAUTH, and nothing is changed', () => {
  it.each([{ state: 'inactive' }, { read_only: false, first_name: 'X' }, { api_login: true }, { password_expires_on: null }])(
    '%o of oneself',
    async (user) => {
      expect((await put(own, user)).at('error_id')).toBe('UNAUTH');
      expect((await platform.call('GET /user?current')).at('user.first_name')).not.toBe('X');
    },
  );
  it('a colleague’s account', async () => expect((await put(accountIds.viewer, { first_name: 'X' })).at('error_id')).toBe('UNAUTH'));
  it('a viewer’s own', async () => expect((await put(accountIds.viewer, { first_name: 'X' }, 'viewer')).at('error_id')).toBe('UNAUTH'));
});

it('404: another member’s account', async () => expect((await put(accountIds.stranger, {})).at('error_code')).toBe('NOT_FOUND'));
it('409 INTEGRITY: another user name', async () => expect((await put(own, { username: 'x' })).at('error_id')).toBe('INTEGRITY'));
