import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../../../../test/api.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { members, type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

let lastUser = 7_652_000_000_000_300_000n;
const newUser = (): string => String((lastUser += 1n));
const map = (query: string, user: string): Promise<Answer> =>
  call(platform.url, `/mapuid?${query}`, { headers: { cookie: `uuid2=${user}` } });
const userOf = async (query: string) => (await platform.call(`GET /user-segments?${query}`)).at('user.user_id');
const mapped = (id: string) => userOf(`uid=${encodeURIComponent(id)}&domain=external&member=${members.provider}`);
const own = `member=${members.provider}`;
const errorOf = ({ headers }: Answer): string | string[] | undefined => headers['x-foyer-error'];

describe('200', () => {
  it('maps each of several ids, as they are written', async () => {
    const user = newUser();
    const answer = await map(`${own}&user=A-1;%C3%A9%20x;a+b%2Bc;;`, user);
    expect([answer.status, answer.headers['content-type'], errorOf(answer)]).toEqual([200, 'image/gif', undefined]);
    for (const id of ['A-1', 'é x', 'a+b+c']) expect(await mapped(id)).toBe(user);
    expect(await mapped('a-1')).toBeNull();
  });
  it('takes a list whose separators are encoded', async () => {
    const user = newUser();
    await map(`${own}&user=${encodeURIComponent('x1;x2')}`, user);
    expect([await mapped('x1'), await mapped('x2')]).toEqual([user, user]);
  });
  it('the last call wins, and a user may have many', async () => {
    const [first, second] = [newUser(), newUser()];
    await map(`${own}&user=moving;staying`, first);
    await map(`${own}&user=moving`, second);
    expect([await mapped('moving'), await mapped('staying')]).toEqual([second, first]);
  });
  it('a mapping lives 17.5 days from the last call that named it', async () => {
    // On a server of its own: no login lives so long.
    const later = await startPlatform();
    const sync = () => call(later.url, `/mapuid?${own}&user=ending`, { headers: { cookie: 'uuid2=5' } });
    const user = async () =>
      (await later.server.profiles.get({ kind: 'external', member: asMemberId(members.provider), id: 'ending' })).userId;
    try {
      await sync();
      later.clock.forward(1_000_000_000);
      await sync();
      later.clock.forward(1_511_000_000);
      expect(await user()).toBe(5n);
      later.clock.forward(1_000_000);
      expect(await user()).toBeNull();
    } finally {
      await later.stop();
    }
  });
  it('links device ids, with and without an id of the member', async () => {
    const user = newUser();
    const [idfa, aaid] = ['0f0e0002-0000-4000-8000-000000000001', '0f0e0002-0000-4000-8000-000000000002'];
    expect(errorOf(await map(`${own}&device=IDFA:${idfa.toUpperCase()};aaid:${aaid}`, user))).toBeUndefined();
    expect([await userOf(`uid=${idfa}&domain=idfa`), await userOf(`uid=${aaid}&domain=aaid`)]).toEqual([user, user]);
  });
});

describe('tells in a header what it could not do, and does the rest', () => {
  it.each([
    ['user=a', 'member-required'],
    ['member=999&user=a', 'unknown-member:999'],
    [`${own}&user=ok;${'x'.repeat(256)};%FF`, `bad-user:${'x'.repeat(40)}, bad-user:%25FF`],
    [`${own}&device=idfa:xyz;sha1mac:0;nonsense`, 'bad-device:idfa%3Axyz, bad-device:sha1mac%3A0, bad-device:nonsense'],
    [`${own}&user=ok&seg=99`, 'unknown-segment:99'],
  ])('%s', async (query, errors) => {
    const answer = await map(query, newUser());
    expect([answer.status, errorOf(answer)]).toEqual([200, errors]);
  });
  it('one broken id keeps no other from being mapped', async () => {
    const user = newUser();
    await map(`${own}&user=beside;%E0%A4%A`, user);
    expect(await mapped('beside')).toBe(user);
  });
  it('more than 100 ids in one call: none of them', async () => {
    const ids = Array.from({ length: 101 }, (_, at) => `many${at}`);
    expect(errorOf(await map(`${own}&user=${ids.join(';')}`, newUser()))).toBe('too-many-users');
    expect(await mapped('many0')).toBeNull();
    const user = newUser();
    expect(errorOf(await map(`${own}&user=${ids.slice(1).join(';')}`, user))).toBeUndefined();
    expect([await mapped('many1'), await mapped('many100')]).toEqual([user, user]);
  });
  it('devices that the administrator forbids the member to link', async () => {
    const device = '0f0e0002-0000-4000-8000-000000000003';
    await platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, {
      as: 'admin',
      json: { batch_segment_upload_config: { link_identifiers: 'external' } },
    });
    const answer = await map(`${own}&user=allowed&device=idfa:${device}`, newUser());
    expect(errorOf(answer)).toBe(`bad-device:idfa%3A${device.slice(0, 35)}`);
    expect(await mapped('allowed')).not.toBeNull();
    await platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, {
      as: 'admin',
      json: { batch_segment_upload_config: { link_identifiers: 'all' } },
    });
  });
  it('a browser without a cookie maps nothing', async () => {
    const first = await call(platform.url, `/mapuid?${own}&user=nobody`);
    expect(first.headers.location).toMatch(/^\/bounce\?%2Fmapuid/);
    expect(errorOf(await call(platform.url, first.headers.location ?? ''))).toBe('no-cookie');
    expect(await mapped('nobody')).toBeNull();
  });
});
