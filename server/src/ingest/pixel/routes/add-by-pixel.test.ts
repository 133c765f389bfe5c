import { once } from 'node:events';
import { connect } from 'node:net';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../../../../test/api.ts';
import { members, type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';

let platform: PlatformServer;
/** Segments of the provider, by code. */
const ids: Record<string, number> = {};
beforeAll(async () => {
  platform = await startPlatform();
  const create = async (code: string, more: object = {}): Promise<void> => {
    const made = await platform.call('POST /segment', { json: { segment: { short_name: code, code, ...more } } });
    ids[code] = Number(made.at('id'));
  };
  const pixel = (name: string, pixel_type: string) => ({ url: `https://${name}.example/p?a=1&b='%3C`, pixel_type });
  await create('one');
  await create('two');
  await create('Case');
  await create('a:7');
  await create('hour', { expire_minutes: 60 });
  await create('year', { expire_minutes: 525_600 });
  await create('call', { expire_minutes: 0 });
  await create('shut', { client_side: false });
  await create('off', { state: 'inactive' });
  await create('image', { piggyback_pixels: [pixel('img', 'img')] });
  await create('script', { piggyback_pixels: [pixel('js', 'js'), pixel('js2', 'js')] });
  await create('silent', { piggyback_pixels: [pixel('img', 'img')], enable_rm_piggyback: false });
});
afterAll(() => platform.stop());

let lastUser = 7_652_000_000_000_100_000n;
const newUser = (): string => String((lastUser += 1n));
/** `{one}` in a query stands for the segment's id. */
const filled = (query: string): string => query.replace(/\{(\w+)\}/g, (_, code: string) => String(ids[code]));
const send = (path: string, user: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call(platform.url, filled(path), { headers: { cookie: `uuid2=${user}`, ...headers } });
async function membershipsOf(user: string): Promise<readonly string[]> {
  const found = (await platform.call(`GET /user-segments?uid=${user}`)).at('memberships') as { code: string; value: number }[];
  return found.map(({ code, value }) => (value === 0 ? code : `${code}=${value}`));
}
const isImage = ({ status, headers, text }: Answer): boolean =>
  status === 200 && headers['content-type'] === 'image/gif' && headers['content-length'] === '43' && text.startsWith('GIF89a');

describe('adds and removes', () => {
  it.each([
    ['/seg?add={one},{two}', 'one two'],
    ['/seg?ADD={one}%2C{two}:5', 'one two=5'],
    ['/seg?add={one}&add={two}', 'one two'],
    ['/seg?add={one}:3,{two}&value=7', 'one=3 two=7'],
    ['/seg?add_code=one,two:4&value=2&member=10', 'one=2 two=4'],
    ['/seg?add_Code=a:7,a:7:3,Case&member=10', 'Case a:7=3'],
    ['/seg?add={one}:2147483647', 'one=2147483647'],
    ['/seg?other=x&add={one},,&nonsense&=&&', 'one'],
    ['/px?id=1&seg={one},{two}:3&value=99.50', 'one two=3'],
    ['/px?seg_code=one:8&member=10', 'one=8'],
    ['/mapuid?member=10&seg={one}:4&seg_code=two', 'one=4 two'],
  ])('%s', async (path, expected) => {
    const user = newUser();
    const answer = await send(path, user);
    expect(answer.headers['x-foyer-error']).toBeUndefined();
    expect(isImage(answer)).toBe(true);
    expect((await membershipsOf(user)).toSorted().join(' ')).toBe(expected);
  });
  it('removals run before additions', async () => {
    const user = newUser();
    await send('/seg?add={one}:1,{two},{hour}', user);
    await send('/seg?add={one}:9&remove={one},{two}&remove_code=hour&member=10', user);
    expect(await membershipsOf(user)).toEqual(['one=9']);
    await send('/px?remove={one}&seg={two}', user);
    expect(await membershipsOf(user)).toEqual(['two']);
  });
  it('keeps users as long as the segment says, 180 days at most, and not for the ad call alone', async () => {
    const user = newUser();
    await send('/seg?add={one},{hour},{year},{call}', user);
    const found = (await platform.call(`GET /user-segments?uid=${user}`)).at('memberships') as { code: string; lifetime_minutes: number }[];
    expect(found.map(({ code, lifetime_minutes }) => [code, lifetime_minutes])).toEqual([
      ['one', 259_200],
      ['hour', 60],
      ['year', 259_200],
    ]);
  });
});

describe('tells in a header what it could not do, and does the rest', () => {
  it.each([
    ['/seg?add=99,{one},x', 'unknown-segment:99, unknown-segment:x', 'one'],
    ['/seg?add={off},{shut}:4&remove={shut}', 'not-client-side:{shut}, inactive-segment:{off}, not-client-side:{shut}', ''],
    [
      '/seg?add={one}:2147483648,{two}:-1,{hour}:x,{year}:,{Case}:1',
      'bad-value:{one}, bad-value:{two}, bad-value:{hour}, bad-value:{year}',
      'Case=1',
    ],
    ['/seg?add={one}&value=1.5', 'bad-value:{one}', ''],
    ['/seg?add_code=one', 'member-required', ''],
    ['/seg?add_code=one&member=999', 'unknown-member:999', ''],
    ['/seg?add_code=one&member=x', 'unknown-member:x', ''],
    ['/seg?add_code=ONE,one:x,nope:5&member=10', 'unknown-segment:ONE, bad-value:one, unknown-segment:nope', ''],
    ['/seg?add_code=%0D%0AX%20y%22%C3%A4&member=10', 'unknown-segment:%0D%0AX%20y%22%C3%A4', ''],
    ["/seg?add_code=(!*')&member=10", 'unknown-segment:%28%21%2A%27%29', ''],
    [`/seg?add_code=${'%F0%9F%98%80'.repeat(41)}&member=10`, `unknown-segment:${'%F0%9F%98%80'.repeat(40)}`, ''],
    ['/seg?add={one}&redir=javascript%3Aalert(1)', 'bad-redirect:javascript%3Aalert%281%29', 'one'],
    [
      '/seg?add=00000000001,1e3,0x10,18446744073709551616',
      'unknown-segment:00000000001, unknown-segment:1e3, unknown-segment:0x10, unknown-segment:18446744073709551616',
      '',
    ],
  ])('%s', async (path, errors, memberships) => {
    const user = newUser();
    const answer = await send(path, user);
    expect(isImage(answer)).toBe(true);
    expect(answer.headers['x-foyer-error']).toBe(filled(errors));
    expect((await membershipsOf(user)).join(' ')).toBe(memberships);
  });
  it('never more than a header holds', async () => {
    const answer = await send(`/seg?add=${Array.from({ length: 5000 }, (_, at) => at + 1_000_000).join()}`, newUser());
    expect(answer.headers['x-foyer-error']).toMatch(/, and-more:\d{4}$/);
    expect(String(answer.headers['x-foyer-error']).length).toBeLessThan(4100);
  });
  it('a browser that keeps no cookie', async () => {
    const first = await call(platform.url, filled('/seg?add={one}:8'));
    expect(first.headers.location).toBe(`/bounce?${encodeURIComponent(filled('/seg?add={one}:8'))}`);
    const again = await call(platform.url, first.headers.location ?? '');
    expect([isImage(again), again.headers['x-foyer-error']]).toEqual([true, 'no-cookie']);
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const kept = await call(platform.url, first.headers.location ?? '', { headers: { cookie } });
    expect([isImage(kept), kept.headers['x-foyer-error']]).toEqual([true, undefined]);
    expect(await membershipsOf(cookie.slice(6))).toEqual(['one=8']);
  });
});

describe('leads on', () => {
  it('to redir, after writing', async () => {
    const user = newUser();
    const answer = await send('/seg?add={image}&redir=https%3A%2F%2Fad.example%2F%3Fid%3D1%26a%2Bb', user);
    expect([answer.status, answer.headers.location]).toEqual([302, 'https://ad.example/?id=1&a+b']);
    expect(await membershipsOf(user)).toEqual(['image']);
  });
  it('an image to the first image that comes along with a segment', async () => {
    expect((await send('/seg?add={one},{script},{image}', newUser())).headers.location).toBe(`https://img.example/p?a=1&b='%3C`);
    for (const query of ['add={silent}', 'add={script}', 'remove={image}', 'add={image}:-1'])
      expect((await send(`/seg?${query}`, newUser())).status).toBe(200);
  });
  it('t=1 is a script that loads all of them, and breaks out of no page', async () => {
    const { status, headers, text } = await send('/seg?t=1&add={image},{script}', newUser());
    expect([status, headers['content-type']]).toEqual([200, 'application/javascript; charset=utf-8']);
    expect(text).not.toMatch(/[<>&]/);
    const loaded: string[] = [];
    class Image {
      set src(url: string) {
        loaded.push(url);
      }
    }
    const document = { createElement: () => new Image(), head: { appendChild: () => undefined } };
    // The script as a page would run it, with what it may touch.
    runInNewContext(text, { Image, document });
    expect(loaded).toEqual(['img', 'js', 'js2'].map((name) => `https://${name}.example/p?a=1&b='%3C`));
    expect((await send('/seg?t=1&add={one}', newUser())).text).toBe('');
  });
});

describe('whatever comes', () => {
  const raw = async (bytes: string): Promise<string> => {
    const { port } = new URL(platform.url);
    const socket = connect(Number(port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk as Buffer));
    socket.write(Buffer.from(bytes, 'latin1'));
    await once(socket, 'close');
    return Buffer.concat(chunks).toString('latin1');
  };
  const headers = 'host: x\r\ncookie: uuid2=7652000000000200001\r\nconnection: close\r\n\r\n';
  it.each([
    ['64 KB of query', `/seg?add=${'1,'.repeat(32_000)}`],
    ['64 KB of another parameter', `/px?seg=1&x=${'%41'.repeat(21_000)}`],
    ['bytes beyond ASCII', '/seg?add_code=\u00e4\u00ff&member=10'],
    ['broken percent-encoding', '/seg?add_code=%E0%A4%A,%,%zz&member=10'],
    ['encoded control characters', '/seg?add=%00%0d%0a%1f&redir=%00'],
  ])('an image is answered: %s', async (_, path) =>
    expect(await raw(`GET ${path} HTTP/1.1\r\n${headers}`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*image\/gif[^]*\r\n\r\nGIF89a/),
  );
  it.each(['\u0000', '\u0001', '\u0007', '\u001b', '\u007f', 'a\tb'])('control character %j in the request line', async (character) => {
    expect(await raw(`GET /seg?add=1${character}x HTTP/1.1\r\n${headers}`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*GIF89a/);
    expect(await raw(`GET /px?t=1&seg=1${character}x HTTP/1.1\r\n${headers}`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*javascript/);
  });
  it('other routes tell that it was no HTTP', async () =>
    expect(await raw(`GET /segment?\u0001 HTTP/1.1\r\n${headers}`)).toMatch(/^HTTP\/1\.1 400 /));
  it('reasons are counted', async () => {
    const metrics = (await call(platform.url, '/metrics')).text;
    for (const error of ['unknown-segment', 'bad-value', 'no-cookie', 'bad-redirect'])
      expect(metrics).toMatch(new RegExp(`^foyer_pixel_errors_total\\{error="${error}"\\} [1-9]`, 'm'));
    expect(metrics).toMatch(/^foyer_visits_total\{route="\/seg",outcome="user"\} [1-9]/m);
  });
});

describe('an owner that is switched off', () => {
  it('its segments take nothing', async () => {
    const user = newUser();
    await platform.call(`PUT /member?id=${members.provider}`, { as: 'admin', json: { member: { state: 'inactive' } } });
    const answer = await send('/seg?add={one}', user);
    const byCode = await send('/seg?add_code=one&member=10', user);
    await platform.call(`PUT /member?id=${members.provider}`, { as: 'admin', json: { member: { state: 'active' } } });
    expect([answer.headers['x-foyer-error'], byCode.headers['x-foyer-error']]).toEqual([
      filled('inactive-segment:{one}'),
      'unknown-member:10',
    ]);
  });
});

describe('a server that takes no new users', () => {
  it('tells so in the header, makes none of them, and goes on for those it knows', async () => {
    const full = await startPlatform({ embedded: true, settings: { memoryLimit: 1 } });
    try {
      const made = await full.call('POST /segment', { json: { segment: { short_name: 'x' } } });
      const visit = (path: string) => call(full.url, path, { headers: { cookie: 'uuid2=7652000000000600001' } });
      const error = async (path: string) => (await visit(path)).headers['x-foyer-error'];
      const id = Number(made.at('id'));
      expect(await error(`/seg?add=${id}`)).toBe(`full:${id}`);
      expect(await error(`/mapuid?member=${members.provider}&user=a&device=idfa:0f0e0003-0000-4000-8000-000000000001`)).toBe('full, full');
      expect((await visit('/getuidj')).text).toBe('{"uid":7652000000000600001}');
      expect((await full.call('GET /user-segments?uid=7652000000000600001')).at('user.known')).toBe(false);
    } finally {
      await full.stop();
    }
  });
});
