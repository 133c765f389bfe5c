import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const get = (path: string, as: AccountName = 'provider') => platform.call(`GET /member${path}`, { as });
const idsOf = async (path: string, as: AccountName): Promise<number[]> =>
  ((await get(path, as)).at('members') as { id: number }[]).map(({ id }) => id);

describe('200', () => {
  it('answers a member both forms of the documents', async () => {
    const answer = await get('');
    expect(answer.at('members')).toEqual([{ id: '10', name: 'Member provider', active: '1', bidder_id: null }]);
    expect(answer.at('member')).toMatchObject({
      id: 10,
      active: true,
      state: 'active',
      primary_type: 'data_provider',
      timezone: 'EST5EDT',
    });
    expect(answer.at('count')).toBe(1);
  });
  it.each(['/10', '?id=10', `?id=10&member_id=10`])('answers the own one by id: %s', async (path) => {
    const answer = await get(path);
    expect(answer.at('member')).toEqual({
      id: 10,
      name: 'Member provider',
      state: 'active',
      active: true,
      code: null,
      primary_type: 'data_provider',
      platform_exposure: 'public',
      bidder_id: null,
      timezone: 'EST5EDT',
      default_currency: 'USD',
      contact_email: null,
      externally_integrated_dsp: false,
      reads_per_minute: 0,
      writes_per_minute: 0,
      domain: null,
      reach_per_day: 200,
      segment_limit: null,
      membership_limit: null,
      last_modified: '2026-01-15 12:00:00',
    });
    expect(answer.at('members')).toBeUndefined();
  });
  it('answers several ids with what may be seen', async () => expect(await idsOf('?id=10,20', 'provider')).toEqual([10]));
  it('shows an administrator all', async () => {
    expect(await idsOf('', 'admin')).toEqual(Object.values(members));
    expect(await idsOf('?primary_type=buyer&sort=id.desc', 'admin')).toEqual([50, 40, 30]);
    expect(await idsOf('?externally_integrated_dsp=true', 'admin')).toEqual([50]);
    expect(await idsOf('?active=false', 'admin')).toEqual([]);
    expect(await idsOf('?not_active=false&reads_per_minute=0&search=MEMBER+B', 'admin')).toEqual([30, 60]);
    expect((await get('?id=30', 'admin')).at('member.id')).toBe(30);
  });
});

it('403 UNAUTH: another member named', async () => expect((await get('?member_id=20')).at('error_id')).toBe('UNAUTH'));
it.each(['/20', '?id=20', '?id=999'])('404: %s', async (path) => expect((await get(path)).at('error_code')).toBe('NOT_FOUND'));
it.each(['/x', '?id=x'])('400 SYNTAX: %s', async (path) => expect((await get(path)).at('error_id')).toBe('SYNTAX'));
