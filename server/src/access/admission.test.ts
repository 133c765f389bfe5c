import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type PlatformServer } from '../../test/platform-server.ts';

let platform: PlatformServer;
const hourMs = 3_600_000;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const current = (headers: Record<string, string>, query = '') => platform.call(`GET /user?current${query}`, { as: null, headers });
const cookie = (): string => `a=b; IBAPI_SESSID=${platform.tokens.provider}; c=d`;
const make = (headers: Record<string, string>) => platform.call('POST /segment', { as: null, headers, json: { segment: {} } });

describe('a token is read', () => {
  it('bare from Authorization', async () => expect((await current({ authorization: platform.tokens.provider })).status).toBe(200));
  it('with Bearer before it', async () =>
    expect((await current({ authorization: `Bearer ${platform.tokens.provider}` })).status).toBe(200));
  it('from the cookie', async () => expect((await current({ cookie: cookie() })).at('user.username')).toBe('provider'));
  it('from the header where both are there, even a bad one', async () => {
    const both = await current({ authorization: platform.tokens.buyer, cookie: cookie() });
    expect(both.at('user.username')).toBe('buyer');
    expect(await current({ authorization: 'wrong', cookie: cookie() })).toMatchObject({ status: 401 });
  });
  it('from the query on ingest routes alone', async () => {
    expect((await current({}, `&access_token=${platform.tokens.provider}`)).at('error_id')).toBe('NOAUTH');
    expect((await platform.call(`GET /batch-segment-config?access_token=${platform.tokens.provider}`, { as: null })).status).toBe(200);
  });
});

describe('401 NOAUTH', () => {
  it.each([
    ['no token', {}],
    ['an unknown token', { authorization: 'foyer-unknown' }],
    ['an empty cookie', { cookie: 'IBAPI_SESSID=' }],
    ['another cookie', { cookie: 'XIBAPI_SESSID=a' }],
  ])('%s', async (_what, headers) => {
    const answer = await current(headers);
    expect(answer.status).toBe(401);
    expect(answer.at('error_id')).toBe('NOAUTH');
    expect(answer.at('dbg_info.output_term')).toBeNull();
  });
});

describe('a write that the cookie alone authenticates', () => {
  const port = (): string => new URL(platform.url).port;
  it.each([
    ['says nothing of where it comes from (curl)', () => ({})],
    ['is same-origin', () => ({ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' })],
    ['is the user’s own doing', () => ({ 'sec-fetch-site': 'none' })],
    ['has this origin', () => ({ origin: `http://127.0.0.1:${port()}` })],
    ['has this origin by https', () => ({ origin: `https://127.0.0.1:${port()}` })],
  ])('passes when it %s', async (_what, headers) => expect((await make({ cookie: cookie(), ...headers() })).status).toBe(200));
  it.each([
    ['is cross-site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['is same-site but of another origin', () => ({ 'sec-fetch-site': 'same-site', origin: `http://127.0.0.1:${port()}` })],
    ['has another origin', () => ({ origin: 'http://evil.example' })],
    ['has another port', () => ({ origin: 'http://127.0.0.1:1' })],
    ['has the origin null', () => ({ origin: 'null' })],
    ['has an origin that only begins like this one', () => ({ origin: `http://127.0.0.1:${port()}.evil.example` })],
  ])('is UNAUTH when it %s', async (_what, headers) => {
    const answer = await make({ cookie: cookie(), ...headers() });
    expect(answer.status).toBe(403);
    expect(answer.at('error_id')).toBe('UNAUTH');
  });
  it('passes with the token in the header, wherever it comes from', async () => {
    expect((await make({ authorization: platform.tokens.provider, cookie: cookie(), 'sec-fetch-site': 'cross-site' })).status).toBe(200);
  });
});

it('a read by the cookie passes from anywhere', async () => {
  expect((await current({ cookie: cookie(), 'sec-fetch-site': 'cross-site' })).status).toBe(200);
});

describe('an account that is switched off', () => {
  it('is NOAUTH_DISABLED in running sessions from the next call on', async () => {
    const off = await startPlatform();
    try {
      expect((await off.call('PUT /user?id=104', { as: 'admin', json: { user: { state: 'inactive' } } })).status).toBe(200);
      expect((await off.call('GET /segment', { as: 'buyer' })).at('error_id')).toBe('NOAUTH_DISABLED');
      expect((await off.call('PUT /user?id=104', { as: 'admin', json: { user: { state: 'active' } } })).status).toBe(200);
      expect((await off.call('GET /segment', { as: 'buyer' })).status).toBe(200);
    } finally {
      await off.stop();
    }
  });
});

describe('an administrator’s account that is read_only', () => {
  it('sees all and writes nothing', async () => {
    const other = await startPlatform();
    try {
      await other.call('PUT /user?id=101', { as: 'admin', json: { user: { read_only: true } } });
      expect((await other.call(`GET /member?id=${members.buyer}`, { as: 'admin' })).status).toBe(200);
      expect((await other.call('POST /member', { as: 'admin', json: { member: { name: 'x' } } })).at('error_id')).toBe('UNAUTH');
    } finally {
      await other.stop();
    }
  });
});

describe('headers of limits', () => {
  it('stand on answers and refusals of authenticated calls', async () => {
    const fine = await platform.call('GET /segment');
    expect(fine.headers['x-rate-limits']).toMatch(/^cru=\d+;crm=\d+;cwu=\d+;cwm=\d+;lru=0;lrm=0;lwu=0;lwm=0$/);
    const refused = await platform.call('GET /segment?id=999999');
    expect(refused.status).toBe(404);
    expect(refused.headers['x-count-read']).toMatch(/^user:\d+,member:\d+$/);
    const viewer = await platform.call('POST /segment', { as: 'viewer', json: { segment: {} } });
    expect(viewer.status).toBe(403);
    expect(viewer.headers['x-ratelimit-write']).toBe('0');
  });
  it('do not stand where nobody is known', async () => {
    expect((await platform.call('GET /segment', { as: null })).headers['x-rate-limits']).toBeUndefined();
  });
});

it('a session ends 2 hours after its last call', async () => {
  const own = await startPlatform();
  try {
    own.clock.forward(2 * hourMs - 1);
    expect((await own.call('GET /member')).status).toBe(200);
    own.clock.forward(2 * hourMs);
    expect((await own.call('GET /member')).at('error_id')).toBe('NOAUTH');
  } finally {
    await own.stop();
  }
});
