import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../../../test/api.ts';
import { members, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const user = '7652000000000000001';
const visit = (path: string, cookie: string | null = `uuid2=${user}`, headers: Record<string, string> = {}): Promise<Answer> =>
  call(platform.url, path, { headers: { ...(cookie === null ? {} : { cookie }), ...headers } });
const locationOf = async (path: string, cookie?: string | null): Promise<string | undefined> =>
  (await visit(path, cookie)).headers.location;

describe('302', () => {
  it.each([
    ['/getuid?https://a.example/s?u=$UID&k=1', `https://a.example/s?u=${user}&k=1`],
    ['/getuid?https://a.example/s?u=$UID&v=$UID', `https://a.example/s?u=${user}&v=${user}`],
    ['/getuid?https://a.example/s?u=%24UID', `https://a.example/s?u=${user}`],
    ['/getuid?https%3A%2F%2Fa.example%2Fs%3Fu%3D%2524UID', `https://a.example/s?u=${user}`],
    ['/getuid?https://a.example/s?u=${UID}', `https://a.example/s?u=$%7BUID}${user}`.replace('%7B', '{')],
    ['/getuid?https://a.example/s?u=$uid', `https://a.example/s?u=$uid${user}`],
    ['/getuid?https://a.example/s?a+b=%2B&u=', `https://a.example/s?a+b=+&u=${user}`],
    ['/getuid?https://a.example/100%&u=$UID', `https://a.example/100%&u=${user}`],
    ['/getuid?https://a.example/%C3%A9%20x?u=$UID', `https://a.example/%C3%A9%20x?u=${user}`],
    ['/getuid?HTTP://A.example/?u=$UID', `HTTP://A.example/?u=${user}`],
    ['/getuidu?https://a.example/s?u=$UID&next=https%3A%2F%2Fb.example', `https://a.example/s?u=${user}&next=https%3A%2F%2Fb.example`],
    ['/getuidu?https%3A%2F%2Fa.example%2F%3Fu%3D%24UID%26n%3D%252F', `https://a.example/?u=${user}&n=%2F`],
    ['/getuidnb?https://a.example/s?u=$UID', `https://a.example/s?u=${user}`],
  ])('%s', async (path, location) => expect(await locationOf(path)).toBe(location));

  it('is cached by nobody and renews the cookie', async () => {
    const { headers } = await visit('/getuid?https://a.example/?u=');
    expect(headers).toMatchObject({ 'cache-control': 'no-store, no-cache, private', pragma: 'no-cache' });
    expect(headers['set-cookie']).toEqual([`uuid2=${user}; Path=/; Max-Age=7776000; HttpOnly`]);
  });

  it('gives a browser without a cookie an id, and that id arrives when it keeps the cookie', async () => {
    const first = await visit('/getuid?https://a.example/s?u=$UID&x=%C3%A9', null);
    const cookie = /^uuid2=([1-9]\d*)/.exec(first.headers['set-cookie']?.[0] ?? '');
    expect(first.headers.location).toBe(`/bounce?${encodeURIComponent('/getuid?https://a.example/s?u=$UID&x=%C3%A9')}`);
    const back = first.headers.location ?? '';
    expect(await locationOf(back, cookie?.[0])).toBe(`https://a.example/s?u=${cookie?.[1]}&x=%C3%A9`);
    expect(await locationOf(back, null)).toBe('https://a.example/s?u=0&x=%C3%A9');
  });

  it('mints another id for every new browser, below 2^63', async () => {
    const ids = await Promise.all(
      Array.from(
        { length: 50 },
        async () => /\d+/.exec((await visit('/getuidj', null)).headers['set-cookie']?.[0]?.slice(6) ?? '')?.[0] ?? '',
      ),
    );
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(BigInt(id) > 0n && BigInt(id) < 2n ** 63n).toBe(true);
  });

  it.each(['uuid2=', 'uuid2=0', 'uuid2=x', 'uuid2=01', 'uuid2=-2', 'uuid2=18446744073709551616', 'xuuid2=5', 'a=uuid2=5'])(
    'takes the cookie %s for none',
    async (cookie) => expect((await visit('/getuidj', cookie)).headers.location).toBe('/bounce?%2Fgetuidj'),
  );
  it.each([`a=b; uuid2=${user}`, `uuid2=${user}; uuid2=5`, `a="x;uuid2=${user}`])('finds the cookie in %s', async (cookie) =>
    expect((await visit('/getuidj', cookie)).text).toBe(`{"uid":${user}}`),
  );

  it('sends 0 on for those who opted out', async () => {
    expect(await locationOf('/getuid?https://a.example/?u=$UID', 'uuid2=-1')).toBe('https://a.example/?u=0');
    expect(await locationOf('/getuidu?https://a.example/?u=$UID', 'uuid2=-1')).toBe('https://a.example/?u=0');
  });

  it('marks cookies Secure and cross-site where the server is reached over https', async () => {
    const https = await startPlatform({ settings: { publicUrl: 'https://ib.example', cookiePartitioned: true }, bare: true });
    try {
      const answer = await call(https.url, '/getuidj', { headers: { cookie: `uuid2=${user}` } });
      expect(answer.headers['set-cookie']).toEqual([
        `uuid2=${user}; Path=/; Max-Age=7776000; HttpOnly; SameSite=None; Secure; Partitioned`,
      ]);
    } finally {
      await https.stop();
    }
  });
});

describe('200', () => {
  it('getuidnb answers an image where there is no id to send', async () => {
    const { status, headers, text } = await visit('/getuidnb?https://a.example/?u=$UID', 'uuid2=-1');
    expect([status, headers['content-type'], headers.location]).toEqual([200, 'image/gif', undefined]);
    expect(text).toMatch(/^GIF89a/);
    expect(Number(headers['content-length'])).toBe(43);
  });
  it('getuidj answers all digits of a number, and lets the page read them', async () => {
    const { headers, text } = await visit('/getuidj', 'uuid2=18446744073709551615', { origin: 'https://www.example' });
    expect(text).toBe('{"uid":18446744073709551615}');
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://www.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect((await visit('/getuidj')).headers['access-control-allow-origin']).toBeUndefined();
  });
  it('lets the page follow the bounce of getuidj', async () => {
    const { headers } = await visit('/getuidj', null, { origin: 'https://www.example' });
    expect(headers).toMatchObject({ location: '/bounce?%2Fgetuidj', 'access-control-allow-origin': 'https://www.example' });
  });
  it.each(['cb', '$', '_a.b.c', 'A1', 'x'.repeat(128), 'a%2Eb'])('getuidp?callback=%s', async (callback) => {
    const { headers, text } = await visit(`/getuidp?x=1&callback=${callback}`);
    expect(headers['content-type']).toBe('application/javascript; charset=utf-8');
    expect(text).toBe(`${decodeURIComponent(callback)}({"uid":${user}});`);
  });
  it('a first visit whose bounce would be too long is answered at once, without an id', async () => {
    expect((await visit(`/getuidj?x=${'y'.repeat(11_000)}`, null)).status).toBe(302);
    expect((await visit(`/getuidj?x=${'y'.repeat(60_000)}`, null)).text).toBe('{"uid":0}');
  });
});

describe('400', () => {
  it.each(
    [
      [
        '/getuid',
        '/getuid?',
        '/getuid?javascript:alert(1)',
        '/getuid?//evil.example/',
        '/getuid?/x',
        '/getuid?https:evil.example',
        '/getuid?https:/evil.example',
      ],
      [
        '/getuid?https://good.example@evil.example/',
        '/getuid?https://@evil.example/',
        '/getuid?https://a:b@evil.example/',
        '/getuid?ftp://a.example/',
      ],
      [
        '/getuid?https://a.example/%0d%0aset-cookie:x',
        '/getuid?https://a.example/%00',
        '/getuid?https://a.example/%C2%85',
        '/getuid?https%3A%2F%2F',
      ],
      [
        '/getuidu?https://u@a.example/',
        '/getuidnb?data:text/html,x',
        '/getuid?%20https://a.example/',
        '/getuid?https://a.example\\@b.example/',
      ],
    ].flat(),
  )('%s', async (path) => {
    const { status, headers, text } = await visit(path);
    expect([status, headers.location]).toEqual([400, undefined]);
    expect(text).toMatch(/^The target must be an absolute http or https URL/);
  });
  it.each([
    '',
    '?callback=',
    '?callback=a(b)',
    '?callback=1a',
    '?callback=a%20b',
    `?callback=${'x'.repeat(129)}`,
    '?callback=%E0%A4%A',
    '?Callback=a',
  ])('getuidp%s', async (query) => expect((await visit(`/getuidp${query}`)).status).toBe(400));
  it.each([
    '',
    '?',
    '?%2Fsegment',
    '?/user',
    '?%2Fbounce%3F%2Fgetuidj',
    '?%2Fgetuid%3',
    '?https%3A%2F%2Fevil.example',
    '?%2F%2Fevil.example%2Fgetuid',
  ])('bounce%s', async (query) => expect((await visit(`/bounce${query}`)).status).toBe(400));
});

describe('hosts', () => {
  const reach = async (server: PlatformServer, host: string): Promise<number> =>
    (await call(server.url, `/getuid?https://${host}/?u=`, { headers: { cookie: `uuid2=${user}` } })).status;

  it('leads only where the operator or a member allows it', async () => {
    const closed = await startPlatform({ settings: { redirectHosts: ['Partner.example', '*.ads.example'] } });
    try {
      for (const host of ['partner.example', 'PARTNER.example:8443', 'a.ads.example', 'a.b.ads.example'])
        expect(await reach(closed, host)).toBe(302);
      for (const host of ['ads.example', 'xads.example', 'evil.example', 'partner.example.evil.example', '127.0.0.1'])
        expect(await reach(closed, host)).toBe(400);
      const made = await closed.call('POST /sync-host', { json: { sync_host: { host: '*.mine.example' } } });
      expect(await reach(closed, 'x.mine.example')).toBe(302);
      await closed.call(`PUT /sync-host?id=${Number(made.at('id'))}`, { json: { sync_host: { state: 'inactive' } } });
      expect(await reach(closed, 'x.mine.example')).toBe(400);
      await closed.call('POST /sync-host', { json: { sync_host: { host: 'gone.example' } } });
      await closed.call(`PUT /member?id=${members.provider}`, { as: 'admin', json: { member: { state: 'inactive' } } });
      expect(await reach(closed, 'gone.example')).toBe(400);
      // The id becomes part of a bare host: what is judged is the host that the browser would call.
      expect((await call(closed.url, '/getuid?https://partner.example', { headers: { cookie: `uuid2=${user}` } })).status).toBe(400);
      const metrics = (await call(closed.url, '/metrics')).text;
      expect(metrics).toMatch(/^foyer_redirects_refused_total [1-9]/m);
      expect(metrics).toMatch(/^foyer_redirect_hosts_open 0$/m);
    } finally {
      await closed.stop();
    }
  });
  it('says in the metrics that every host is open', async () => {
    expect((await call(platform.url, '/metrics')).text).toMatch(/^foyer_redirect_hosts_open 1$/m);
  });
});

describe('a user that a sync brought', () => {
  it('is known from the moment its id came back, and not before', async () => {
    const known = async (id: string) => (await platform.call(`GET /user-segments?uid=${id}`)).at('user.known');
    const first = await visit('/getuidj', null);
    const cookie = /^uuid2=(\d+)/.exec(first.headers['set-cookie']?.[0] ?? '');
    const id = cookie?.[1] ?? '';
    expect(await known(id)).toBe(false);
    await visit(first.headers.location ?? '', cookie?.[0]);
    await expect.poll(() => known(id)).toBe(true);
  });
});

describe('FOYER_PIXEL_USERS=minted', () => {
  it('takes ids of its own making only, on every route', async () => {
    const minted = await startPlatform({ settings: { pixelUsers: 'minted' } });
    try {
      const get = (path: string, cookie?: string) => call(minted.url, path, { headers: cookie === undefined ? {} : { cookie } });
      const first = await get('/getuidj');
      const own = /^uuid2=\d+/.exec(first.headers['set-cookie']?.[0] ?? '')?.[0] ?? '';
      expect((await get('/getuidj', own)).text).toBe(`{"uid":${own.slice(6)}}`);
      const other = `uuid2=${BigInt(own.slice(6)) ^ 1n}`;
      for (const path of ['/getuidj', '/getuid?https://a.example/', '/seg?add=1', '/px?seg=1', `/mapuid?member=${members.provider}&user=a`])
        expect((await get(path, other)).headers.location).toMatch(/^\/bounce\?/);
    } finally {
      await minted.stop();
    }
  });
});
