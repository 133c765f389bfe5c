import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountIds, members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const get = (path: string, as: AccountName = 'provider') => platform.call(`GET /user${path}`, { as });
const namesOf = async (path: string, as: AccountName = 'provider'): Promise<string[]> =>
  ((await get(path, as)).at('users') as { username: string }[]).map(({ username }) => username);

describe('200', () => {
  it.each(['?current', '?current=true', '/current', `?id=${accountIds.provider}`, `/${accountIds.provider}`])(
    'shows the own account: %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.at('user')).toEqual({
        id: accountIds.provider,
        username: 'provider',
        first_name: 'Test',
        last_name: 'provider',
        email: 'provider@example.com',
        phone: null,
        user_type: 'member',
        read_only: false,
        api_login: true,
        entity_id: members.provider,
        entity_name: 'Member provider',
        state: 'active',
        timezone: 'EST5EDT',
        password_expires_on: null,
        last_modified: '2026-01-15 12:00:00',
      });
      expect(answer.text).not.toContain('argon2');
    },
  );
  it('shows the fields that are asked for', async () => {
    expect((await get('?current&fields=username,id')).at('user')).toEqual({ id: accountIds.provider, username: 'provider' });
  });
  it('lists the member’s accounts, and all to an administrator', async () => {
    expect(await namesOf('')).toEqual(['provider', 'viewer']);
    expect(await namesOf('', 'admin')).toHaveLength(Object.keys(accountIds).length);
    expect(await namesOf(`?member_id=${members.buyer}`, 'admin')).toEqual(['buyer']);
  });
  it.each([
    ['?like_email=VIEWER@', ['viewer']],
    ['?read_only=true', ['viewer']],
    ['?search=TEST', ['provider', 'viewer']],
    ['?like_last_name=VIEW', ['viewer']],
    ['?sort=username.desc', ['viewer', 'provider']],
    ['?current=false', ['provider', 'viewer']],
  ])('%s', async (query, names) => expect(await namesOf(query)).toEqual(names));
  it('describes its fields', async () => {
    expect((await get('/meta')).at('fields')).toContainEqual({ name: 'username', type: 'string', sort_by: true, filter_by: true });
  });
});

it('403 UNAUTH: another member named', async () => expect((await get(`?member_id=${members.buyer}`)).at('error_id')).toBe('UNAUTH'));
it('404: another member’s account', async () => expect((await get(`?id=${accountIds.buyer}`)).at('error_code')).toBe('NOT_FOUND'));
it.each(['?id=x', '/x', '?current=maybe'])('400 SYNTAX: %s', async (path) => expect((await get(path)).at('error_id')).toBe('SYNTAX'));
