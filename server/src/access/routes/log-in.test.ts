import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../../../test/api.ts';
import { accountIds, members, password, startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
const start = async (): Promise<void> => {
  platform = await startPlatform({ settings: { trustProxy: 1 } });
};
/** Each test has a server of its own, because it leaves accounts or counters changed. */
function eachAlone(): void {
  beforeEach(start);
  afterEach(() => platform.stop());
}
function allTogether(): void {
  beforeAll(start);
  afterAll(() => platform.stop());
}

const minuteMs = 60_000;
const logIn = (username: unknown, secret: unknown = password, headers: Record<string, string> = {}) =>
  platform.call('POST /auth', { as: null, json: { auth: { username, password: secret } }, headers });
const setAccount = (id: number, user: object) => platform.call(`PUT /user?id=${id}`, { as: 'admin', json: { user } });

describe('200', () => {
  allTogether();
  it('answers a token, and the same as a cookie', async () => {
    const answer = await logIn('provider');
    const token = String(answer.at('token'));
    expect(Object.keys(answer.at('') ?? answer.json ?? {})).toEqual(['response']);
    expect(answer.headers['set-cookie']?.toString()).toBe(`IBAPI_SESSID=${token}; Path=/; HttpOnly; SameSite=Strict`);
    const own = await call(platform.url, '/user?current', { token });
    expect(own.text).toContain('"username":"provider"');
  });
  it('marks the cookie Secure behind https', async () => {
    const answer = await logIn('provider', password, { 'x-forwarded-proto': 'https' });
    expect(answer.headers['set-cookie']?.toString()).toMatch(/; Secure$/);
  });
});

describe('401', () => {
  eachAlone();
  it('says the same of a wrong password and an unknown name', async () => {
    const [wrong, unknown] = [await logIn('provider', 'Wrong-pass-1'), await logIn('nobody')];
    for (const answer of [wrong, unknown])
      expect([answer.status, answer.at('error_id'), answer.at('error')]).toEqual([401, 'NOAUTH', 'No match found for user/pass']);
    expect(wrong.headers['set-cookie']).toBeUndefined();
  });
  it('matches names by case', async () => expect((await logIn('Provider')).at('error_id')).toBe('NOAUTH'));
  it('tells that an account is off to the right password alone', async () => {
    await setAccount(accountIds.buyer, { state: 'inactive' });
    expect((await logIn('buyer')).at('error_id')).toBe('NOAUTH_DISABLED');
    expect((await logIn('buyer', 'Wrong-pass-1')).at('error_id')).toBe('NOAUTH');
  });
  it('tells that a password has expired, until it is reset', async () => {
    await setAccount(accountIds.buyer, { password_expires_on: '2026-01-15 12:00:00' });
    expect((await logIn('buyer')).at('error_id')).toBe('NOAUTH_EXPIRED');
    expect((await logIn('buyer', 'Wrong-pass-1')).at('error_id')).toBe('NOAUTH');
    await setAccount(accountIds.buyer, { password: 'Second-pass-2' });
    expect((await logIn('buyer', 'Second-pass-2')).status).toBe(200);
  });
});

describe('400 SYNTAX', () => {
  allTogether();
  it.each([
    '',
    '{}',
    '{"auth":{}}',
    '{"auth":{"username":"x"}}',
    '{"auth":{"password":"x"}}',
    '{"auth":{"username":5,"password":"x"}}',
    '{"auth":[]}',
    '{"auths":[{}]}',
  ])('%s', async (body) => expect((await platform.call('POST /auth', { as: null, body })).at('error_id')).toBe('SYNTAX'));
});

describe('429 RATE_EXCEEDED', () => {
  eachAlone();
  it('on the eleventh login in 5 minutes; failures do not count', async () => {
    await logIn('buyer', 'Wrong-pass-1');
    for (let i = 0; i < 10; i++) expect((await logIn('buyer')).status).toBe(200);
    const refused = await logIn('buyer');
    expect([refused.status, refused.at('error_id'), refused.at('error_code')]).toEqual([429, 'SYSTEM', 'RATE_EXCEEDED']);
    expect(refused.headers['retry-after']?.toString()).toBe('300');
    expect((await logIn('provider')).status).toBe(200);
    platform.clock.forward(5 * minuteMs);
    expect((await logIn('buyer')).status).toBe(200);
  });
  it('after 20 failures, from that address alone, whatever the password', async () => {
    const from = (address: string, secret: string) => logIn('buyer', secret, { 'x-forwarded-for': address });
    const failed = await Promise.all(Array.from({ length: 20 }, () => from('203.0.113.5', 'Wrong-pass-1')));
    expect(failed.every((answer) => answer.status === 401)).toBe(true);
    const refused = await from('203.0.113.5', password);
    expect([refused.status, refused.at('error_code'), refused.headers['retry-after']?.toString()]).toEqual([429, 'RATE_EXCEEDED', '300']);
    expect((await from('203.0.113.6, 203.0.113.5', password)).status).toBe(429);
    expect((await from('203.0.113.5, 203.0.113.6', password)).status).toBe(200);
    platform.clock.forward(5 * minuteMs);
    expect((await from('203.0.113.5', password)).status).toBe(200);
  });
  it('for guesses that are sent side by side: no more than 20 are told whether they are right', async () => {
    const guesses = await Promise.all(Array.from({ length: 24 }, (_, i) => logIn('buyer', i === 23 ? password : `Wrong-pass-${i}`)));
    expect(guesses.filter((answer) => answer.status === 401)).toHaveLength(20);
    expect(guesses.filter((answer) => answer.status === 429)).toHaveLength(4);
  });
});

it('503 when too many logins wait for the hasher', async () => {
  const busy = await startPlatform({ settings: { passwordQueue: 1 } });
  try {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => busy.call('POST /auth', { as: null, json: { auth: { username: 'buyer', password } } })),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(503);
  } finally {
    await busy.stop();
  }
});

describe('POST /auth alone', () => {
  allTogether();
  it('403 UNAUTH without api_login', async () => {
    await setAccount(accountIds.buyer, { api_login: false });
    expect((await logIn('buyer')).at('error_id')).toBe('UNAUTH');
  });
  it('405 for GET, whatever stands in the URL', async () => {
    const answer = await platform.call(`GET /auth?username=provider&password=${password}`, { as: null });
    expect([answer.status, answer.at('error_id'), answer.headers['allow']?.toString()]).toEqual([405, 'SYNTAX', 'POST']);
    expect(answer.text).not.toContain(password);
  });
  it('413 for a body that is no login', async () => {
    expect((await platform.call('POST /auth', { as: null, body: 'x'.repeat(20_000) })).status).toBe(413);
  });
  it('is not counted by the throttle of the member', async () => {
    const row = await platform.server.catalog.read.selectFrom('member').select('id').where('id', '=', members.buyer).executeTakeFirst();
    expect(row?.id).toBe(members.buyer);
    expect((await logIn('buyer')).headers['x-count-write']).toBeUndefined();
    expect((await platform.call('GET /user?current', { as: 'buyer' })).headers['x-count-write']?.toString()).toBe('user:0,member:0');
  });
});
