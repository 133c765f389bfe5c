import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../../../test/api.ts';
import { accountIds, type AccountName, startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const minuteS = 60;

let platform: PlatformServer;
async function start(): Promise<void> {
  platform = await startPlatform();
  await register('provider');
}
async function register(name: AccountName, key = pem): Promise<number> {
  const answer = await platform.call(`POST /public-key?user_id=${accountIds[name]}`, {
    as: 'admin',
    json: { 'public-key': { name: 'key', encoded_value: key } },
  });
  expect(answer.status, answer.text).toBe(200);
  return Number(answer.at('id'));
}
function eachAlone(): void {
  beforeEach(start);
  afterEach(() => platform.stop());
}
function allTogether(): void {
  beforeAll(start);
  afterAll(() => platform.stop());
}

const nowS = (): number => Math.floor(platform.clock.nowMs() / 1000);
interface Signed {
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly header?: object;
  readonly key?: KeyObject | Uint8Array;
}
/** A token of the provider, signed now, with what is given instead. */
const signed = ({ payload, header, key = pair.privateKey }: Signed = {}): Promise<string> =>
  new SignJWT({ sub: 'provider', iat: nowS(), ...payload }).setProtectedHeader({ alg: 'RS256', kid: 'key', ...header }).sign(key);
const send = (body: string, headers: Record<string, string> = { 'content-type': 'text/plain' }) =>
  platform.call('POST /v2/auth/jwt', { as: null, body, headers });
const unsigned = (header: object, payload: object): string =>
  `${[header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;

describe('200', () => {
  allTogether();
  it('answers a token that is good for calls, and sets no cookie', async () => {
    const answer = await send(await signed());
    expect(answer.headers['set-cookie']).toBeUndefined();
    const own = await call(platform.url, '/user?current', { token: String(answer.at('token')) });
    expect(own.text).toContain('"username":"provider"');
  });
  it('whatever the content type, with blanks around', async () => {
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'application/x-www-form-urlencoded' }])
      expect((await send(`\n  ${await signed()}\r\n`, headers as Record<string, string>)).status).toBe(200);
  });
  it('with an exp ahead, whenever it was signed', async () => {
    expect((await send(await signed({ payload: { iat: 1, exp: nowS() + 1 } }))).status).toBe(200);
    expect((await send(await signed({ payload: { iat: undefined, exp: nowS() + 1 } }))).status).toBe(200);
  });
  it('without exp, signed within 5 minutes', async () => {
    for (const iat of [nowS() - 5 * minuteS, nowS() + 5 * minuteS])
      expect((await send(await signed({ payload: { iat } }))).status).toBe(200);
  });
  it('although the password has expired: none is asked for', async () => {
    await register('bidder');
    const expired = { user: { password_expires_on: '2026-01-01 00:00:00' } };
    await platform.call(`PUT /user?id=${accountIds.bidder}`, { as: 'admin', json: expired });
    expect((await send(await signed({ payload: { sub: 'bidder' } }))).status).toBe(200);
  });
});

describe('401 NOAUTH, in the same words', () => {
  allTogether();
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = () => ({ sub: 'provider', iat: nowS(), exp: nowS() + minuteS });
  const cases: readonly [string, () => Promise<string> | string][] = [
    ['nothing', () => ''],
    ['no token', () => 'hello'],
    ['bytes that are no text', () => '\u0000.\ufffd.x'],
    ['no signature', () => unsigned({ alg: 'none', kid: 'key' }, claims())],
    ['RS256 without signature', () => unsigned({ alg: 'RS256', kid: 'key' }, claims())],
    ['the public key as the secret', () => signed({ header: { alg: 'HS256' }, key: Buffer.from(pem) })],
    ['a longer hash', () => signed({ header: { alg: 'RS512' } })],
    ['another padding', () => signed({ header: { alg: 'PS256' } })],
    ['another key', () => signed({ key: other.privateKey })],
    ['a key that nobody registered', () => signed({ header: { kid: 'nobody' } })],
    ['a key’s name by another case', () => signed({ header: { kid: 'KEY' } })],
    ['no key named', () => signed({ header: { kid: undefined } })],
    ['a key’s name that is no text', () => signed({ header: { kid: 5 } })],
    ['a header that must be understood', () => unsigned({ alg: 'RS256', kid: 'key', crit: ['b64'], b64: false }, claims())],
    ['another account', () => signed({ payload: { sub: 'buyer' } })],
    ['an account that is not there', () => signed({ payload: { sub: 'nobody' } })],
    ['no account', () => signed({ payload: { sub: undefined } })],
    ['a name with a zero', () => signed({ payload: { sub: 'provider\0' } })],
    ['exp now', () => signed({ payload: { exp: nowS() } })],
    ['exp that is no number', () => signed({ payload: { exp: 'soon' } })],
    ['iat over 5 minutes ago, and no exp', () => signed({ payload: { iat: nowS() - 5 * minuteS - 1 } })],
    ['iat over 5 minutes ahead', () => signed({ payload: { iat: nowS() + 5 * minuteS + 1 } })],
    ['iat over 5 minutes ahead, with exp', () => signed({ payload: { iat: nowS() + 301, exp: nowS() + 400 } })],
    ['iat that is no number', () => signed({ payload: { iat: '5', exp: nowS() + 60 } })],
    ['neither iat nor exp', () => signed({ payload: { iat: undefined } })],
    ['not to be used yet', () => signed({ payload: { nbf: nowS() + 60, exp: nowS() + 90 } })],
  ];
  it.each(cases)('%s', async (_what, made) => {
    const token = await made();
    const answer = await send(token);
    expect([answer.status, answer.at('error_id')]).toEqual([401, 'NOAUTH']);
    expect(answer.at('error')).toMatch(/^The token is refused: /);
    expect(token.split('.').filter((part) => part.length > 8 && answer.text.includes(part))).toEqual([]);
  });
});

describe('a key that is switched off', () => {
  eachAlone();
  it('logs nobody in until it is switched on', async () => {
    const id = await register('buyer');
    const token = await signed({ payload: { sub: 'buyer' } });
    const turn = (active: boolean) =>
      platform.call(`PUT /public-key?key_id=${id}&user_id=${accountIds.buyer}`, { as: 'buyer', json: { 'public-key': { active } } });
    await turn(false);
    expect((await send(token)).at('error_id')).toBe('NOAUTH');
    await turn(true);
    expect((await send(token)).status).toBe(200);
  });
});

describe('an account that is off', () => {
  eachAlone();
  const setAccount = (user: object) => platform.call(`PUT /user?id=${accountIds.provider}`, { as: 'admin', json: { user } });
  it('401 NOAUTH_DISABLED, told to the right signature alone', async () => {
    await setAccount({ state: 'inactive' });
    expect((await send(await signed())).at('error_id')).toBe('NOAUTH_DISABLED');
    expect((await send(`${(await signed()).slice(0, -8)}AAAAAAAA`)).at('error_id')).toBe('NOAUTH');
  });
  it('403 UNAUTH without api_login', async () => {
    await setAccount({ api_login: false });
    expect((await send(await signed())).at('error_id')).toBe('UNAUTH');
  });
});

describe('429 RATE_EXCEEDED', () => {
  eachAlone();
  it('on the eleventh login in 5 minutes, by password and by token together; refusals do not count', async () => {
    await send(await signed({ payload: { sub: 'provider', exp: 1 } }));
    for (let i = 0; i < 9; i++) expect((await send(await signed())).status).toBe(200);
    const byPassword = { auth: { username: 'provider', password: 'Correct-horse-1' } };
    expect((await platform.call('POST /auth', { as: null, json: byPassword })).status).toBe(200);
    const refused = await send(await signed());
    expect([refused.status, refused.at('error_code'), refused.headers['retry-after']?.toString()]).toEqual([429, 'RATE_EXCEEDED', '300']);
    expect((await platform.call('POST /auth', { as: null, json: byPassword })).status).toBe(429);
    platform.clock.forward(5 * minuteS * 1000);
    expect((await send(await signed())).status).toBe(200);
  });
});

describe('POST /v2/auth/jwt alone', () => {
  allTogether();
  it('405 for GET', async () => expect((await platform.call('GET /v2/auth/jwt', { as: null })).status).toBe(405));
  it('413 for a body that is no token', async () => expect((await send('x'.repeat(20_000))).status).toBe(413));
});
