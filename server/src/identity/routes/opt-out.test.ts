import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../../../test/api.ts';
import { members, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let segment: number;
beforeAll(async () => {
  platform = await startPlatform();
  segment = Number((await platform.call('POST /segment', { json: { segment: { short_name: 'x' } } })).at('id'));
});
afterAll(() => platform.stop());

const send = (path: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> =>
  call(platform.url, path, { method, headers });
const cookieOf = ({ headers }: Answer): string | undefined => headers['set-cookie']?.[0];
const lookUp = (query: string) => platform.call(`GET /user-segments?${query}`);
const write = (id: string, domain: string | null = null) =>
  platform.call('POST /rt-segment', {
    json: {
      rt_segment: [{ user_id: id, domain, seg_block: [{ seg_id: segment, seg_code: null, value: 1, expiration: 60, member_id: null }] }],
    },
  });

describe('200', () => {
  it('forgets the user, its mappings and what was linked to it, and takes nothing more about them', async () => {
    const user = '7652000000000000101';
    const device = '0f0e0001-0000-4000-8000-000000000001';
    const cookie = `uuid2=${user}`;
    await write(user);
    await send(`/mapuid?member=${members.provider}&user=crm-1&device=idfa:${device}`, { cookie });
    const answer = await send('/optout', { cookie });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    expect(answer.text).toContain('action="/optin"');
    expect(cookieOf(answer)).toBe('uuid2=-1; Path=/; Max-Age=315360000; HttpOnly');
    await write(user);
    await write(device, 'idfa');
    for (const query of [`uid=${user}`, `uid=${device}&domain=idfa`]) {
      const found = await lookUp(query);
      expect([found.at('user.opted_out'), found.at('memberships')]).toEqual([true, []]);
    }
    const mapped = await lookUp(`uid=crm-1&domain=external&member=${members.provider}`);
    expect(mapped.at('memberships')).toEqual([]);
    // A browser that still sends the id gets 0, its pixels and syncs change nothing.
    expect((await send('/getuidj', { cookie })).text).toBe('{"uid":0}');
    for (const path of [`/seg?add=${segment}`, `/mapuid?member=${members.provider}&user=crm-2`])
      expect((await send(path, { cookie })).headers['x-foyer-error']).toBe('opted-out');
    expect((await lookUp(`uid=crm-2&domain=external&member=${members.provider}`)).at('user.user_id')).toBeNull();
  });
  it('a person without a cookie, or who opted out before, gets the cookie all the same', async () => {
    for (const headers of [{}, { cookie: 'uuid2=-1' }, { cookie: 'uuid2=nonsense' }])
      expect(cookieOf(await send('/optout', headers))).toMatch(/^uuid2=-1;/);
  });
  it('a form does it, whatever is said about its destination', async () => {
    for (const headers of [{}, { 'sec-fetch-dest': 'document' }, { 'sec-fetch-dest': 'iframe' }])
      expect(cookieOf(await send('/optout', headers, 'POST'))).toMatch(/^uuid2=-1;/);
  });
  it('privacy signals do not stand in the way', async () =>
    expect(cookieOf(await send('/optout?gdpr=1', { 'sec-gpc': '1' }))).toMatch(/^uuid2=-1;/));
  it('opting in takes the cookie away', async () => {
    for (const method of ['GET', 'POST']) {
      const answer = await send('/optin', { cookie: 'uuid2=-1' }, method);
      expect([answer.status, cookieOf(answer)]).toEqual([200, 'uuid2=; Path=/; Max-Age=0; HttpOnly']);
      expect(answer.text).toContain('action="/optout"');
    }
  });
});

describe('nothing is chosen for anybody by what a page loads', () => {
  it.each(['/optout', '/optin'])('%s', async (path) => {
    const cookie = 'uuid2=7652000000000000102';
    const image = await send(path, { cookie, 'sec-fetch-dest': 'image' });
    expect([image.status, image.headers['content-type'], cookieOf(image)]).toEqual([200, 'image/gif', undefined]);
    for (const destination of ['script', 'iframe', 'empty', 'frame']) {
      const other = await send(path, { cookie, 'sec-fetch-dest': destination });
      expect([other.status, other.text, cookieOf(other)]).toEqual([204, '', undefined]);
    }
    const ahead = await send(path, { cookie, 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch;prerender' });
    expect([ahead.status, cookieOf(ahead)]).toEqual([204, undefined]);
    await write('7652000000000000102');
    expect((await lookUp('uid=7652000000000000102')).at('user.opted_out')).toBe(false);
  });
});
