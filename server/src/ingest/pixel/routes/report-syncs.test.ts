import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../../../test/api.ts';
import { type AccountName, members, type PlatformServer, StandingClock, startPlatform } from '../../../../test/platform-server.ts';

let platform: PlatformServer;
const map = (query: string, cookie: string | null = 'uuid2=7652000000000400001') =>
  call(platform.url, `/mapuid?member=${members.provider}&${query}`, { headers: cookie === null ? {} : { cookie } });
const get = (query: string, as: AccountName = 'provider') => platform.call(`GET /sync-report${query}`, { as });

beforeAll(async () => {
  // Ten seconds before midnight.
  platform = await startPlatform({ clock: new StandingClock(Date.UTC(2026, 0, 15, 23, 59, 50)) });
  await map('user=a;b;c');
  await map('user=a;%FF');
  await map('user=d;e', 'uuid2=-1');
  const first = await map('user=f', null);
  await call(platform.url, first.headers.location ?? '');
  platform.clock.forward(20_000);
  await map('user=g');
});
afterAll(() => platform.stop());

describe('200', () => {
  it('tells by day how many ids came, how many matched and why the others did not', async () => {
    const answer = await get('');
    const member_id = members.provider;
    expect(answer.at('sync_reports')).toEqual([
      { member_id, day: '2026-01-15', asked: 8, matched: 4, refused: { 'bad-user': 1, 'no-cookie': 1, 'opted-out': 2 }, match_rate: 50 },
      { member_id, day: '2026-01-16', asked: 1, matched: 1, refused: {}, match_rate: 100 },
    ]);
    expect(answer.at('count')).toBe(2);
  });
  it('of the days that are asked for', async () => {
    expect((await get('?start=2026-01-16')).at('count')).toBe(1);
    expect((await get('?start=2026-01-01&end=2026-01-15')).at('count')).toBe(1);
    expect((await get('?end=2025-12-31')).at('sync_reports')).toEqual([]);
  });
  it('of the own member, a viewer too; an administrator names any', async () => {
    expect((await get('', 'viewer')).at('count')).toBe(2);
    expect((await get('', 'stranger')).at('count')).toBe(0);
    expect((await get(`?member_id=${members.provider}`, 'admin')).at('count')).toBe(2);
  });
});
describe('400 SYNTAX', () => {
  it.each([
    '?start=x',
    '?start=2026-13-01',
    '?end=2026-01-15%2000:00:00',
    '?start=2026-02-01&end=2026-01-01',
    '?start=2020-01-01',
    '?member_id=x',
  ])('%s', async (query) => expect((await get(query)).at('error_id')).toBe('SYNTAX'));
});
describe('403 UNAUTH', () => {
  it('another member', async () => expect((await get(`?member_id=${members.provider}`, 'buyer')).at('error_id')).toBe('UNAUTH'));
});
