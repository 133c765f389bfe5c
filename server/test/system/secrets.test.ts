import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import { startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer } from '../running-server.ts';
import { accounts, providerMember, segmentIds, smallImport } from '../small-import.ts';

let server: RunningServer;
const folder = temporaryFolder('secrets');
/** What must turn up nowhere, by what it is. */
const secrets = new Map<string, string>();
let metrics = '';
let output = '';
const answers: string[] = [];

/** Everything is logged, as loudly as can be. */
const settings = {
  FOYER_LOG_LEVEL: 'trace',
  FOYER_LOG_SAMPLE: '1',
  FOYER_SLOW_CALL_MS: '1',
  FOYER_METRICS_TOKEN: 'metrics-token-0123456789',
};
const newPassword = 'Changed-Pass-34';
const wrongPassword = 'Wrong-Pass-56';
const queryMarker = 'marker-in-a-query-7890';
const bodyMarker = 'marker-in-a-body-4567';
const user = '7652000000000000019';

beforeAll(async () => {
  server = await startServer({ data: folder.path, args: ['--empty'], env: settings });
  await importText(server.url, server.operatorToken, smallImport());
  const first = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  for (const [name, value] of [
    ['operator token', server.operatorToken],
    ['metrics token', settings.FOYER_METRICS_TOKEN],
    ['token', first],
    ['new password', newPassword],
    ['wrong password', wrongPassword],
    ['query', queryMarker],
    ['body', bodyMarker],
    ...Object.values(accounts).map((account) => [`password of ${account.username}`, account.password] as const),
  ] as const) {
    secrets.set(name, value);
  }
  await useSecrets(first);
  metrics = (await call(server.url, '/metrics', { headers: { authorization: `Bearer ${settings.FOYER_METRICS_TOKEN}` } })).text;
  await server.stop();
  output = server.output();
});
afterAll(() => folder.remove());

/** The secrets in every place where a client may put them, on hot routes and others, in good calls and bad ones. */
async function useSecrets(token: string): Promise<void> {
  const { url } = server;
  const provider = accounts.provider.username;
  const instant = JSON.stringify({ rt_segment: [{ user_id: user, seg_block: [{ seg_id: segmentIds[0] }] }] });
  const calls = [
    call(url, '/segment', { token }),
    call(url, '/segment', { token: `Bearer ${token}` }),
    call(url, '/segment', { headers: { cookie: `IBAPI_SESSID=${token}` } }),
    call(url, `/segment?access_token=${token}`),
    call(url, `/rt-segment?access_token=${token}`, { body: instant }),
    call(url, `/rt-segment?access_token=${token}`, { body: `{"${bodyMarker}` }),
    call(url, `/user-segments?uid=${user}&access_token=${token}`),
    call(url, `/user-segments?uid=x&access_token=${token}&note=${queryMarker}`),
    call(url, `/rt-segment-processed?access_token=${token}x`),
    call(url, `/segment?search=${queryMarker}`, { token }),
    call(url, `/segment?id=%&note=${queryMarker}`, { token }),
    call(url, '/segment', { token: `${token}x` }),
    call(url, '/segment', { token, json: { segment: { short_name: bodyMarker } } }),
    call(url, '/segment', { token, json: { segment: { state: bodyMarker } } }),
    call(url, '/auth', { json: { auth: { username: provider, password: wrongPassword } } }),
    call(url, '/auth', { json: { auth: { username: wrongPassword, password: wrongPassword } } }),
    call(url, '/auth', { body: `{"auth":{"username":"${provider}","password":"${accounts.provider.password}"` }),
    call(url, `/auth?username=${provider}&password=${accounts.provider.password}`),
    call(url, '/metrics', { headers: { authorization: 'Bearer wrong' } }),
  ];
  answers.push(...(await Promise.all(calls)).map((answer) => answer.text));
  // An unknown path is told to who asked for it, so this answer is not among those that must hold no secret.
  await call(url, `/nowhere/${token}?access_token=${token}&note=${queryMarker}`, { token });
  const account = { password: newPassword, username: 'another', email: 'a@example.com', first_name: 'A', last_name: 'B' };
  const made = { user: { ...account, user_type: 'member', entity_id: providerMember, api_login: true } };
  const creation = await call(url, '/user', { token: server.operatorToken, json: made });
  expect(creation.status, creation.text).toBe(200);
  answers.push(creation.text);
  answers.push((await call(url, '/user?id=902', { method: 'PUT', token, json: { user: { password: newPassword } } })).text);
  await useSignedToken(await logIn(url, provider, newPassword));
  secrets.set('second token', await logIn(url, provider, newPassword));
}

/** Two signed tokens of a registered key, one of them expired; the private key once where the public one belongs. */
async function useSignedToken(token: string): Promise<void> {
  const { url } = server;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (key: KeyObject, type: 'spki' | 'pkcs8'): string => key.export({ type, format: 'pem' }).toString();
  const secretPem = pem(privateKey, 'pkcs8');
  secrets.set('private key', secretPem.split('\n')[5] ?? secretPem);
  for (const key of [secretPem, pem(publicKey, 'spki')]) {
    const json = { 'public-key': { name: 'key', encoded_value: key } };
    answers.push((await call(url, '/public-key?user_id=902', { token, json })).text);
  }
  for (const exp of [1, 4_102_444_800]) {
    const claims = { sub: accounts.provider.username, exp, note: bodyMarker };
    const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'key' }).sign(privateKey);
    secrets.set(`signed token until ${exp}`, jwt.split('.')[1] ?? jwt);
    const answer = await call(url, '/v2/auth/jwt', { body: jwt });
    answers.push(answer.text);
    expect(answer.status, answer.text).toBe(exp === 1 ? 401 : 200);
    const made = pick(answer.json, 'response.token');
    if (typeof made === 'string') secrets.set('token of a signed login', made);
  }
}

/** Names of the secrets in a text. The names given may be there. */
const found = (text: string, except: readonly string[] = []): readonly string[] =>
  [...secrets].filter(([name, secret]) => !except.includes(name) && text.includes(secret)).map(([name]) => name);

test('the log tells of the calls', () => {
  const lines = output.split('\n').filter(Boolean);
  expect(lines.length).toBeGreaterThan(20);
  expect(output).toContain('/user-segments');
});

describe('no token, password, query or body', () => {
  test('is in the log', () => {
    expect(found(output)).toEqual([]);
  });

  test('is in the metrics, nor is a person', () => {
    expect(metrics).toContain('/segment');
    expect(found(metrics)).toEqual([]);
    expect(metrics).not.toContain(user);
  });

  test('is echoed in an error', () => {
    const errors = answers.filter((text) => text.includes('"status":"error"'));
    expect(errors.length).toBeGreaterThan(8);
    expect(found(errors.join('\n'), ['query', 'body'])).toEqual([]);
  });
});

test('tokens and passwords are in no file of the data directory', () => {
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath, file.name)).toString('latin1');
    expect(found(bytes, ['query', 'body']), file.name).toEqual([]);
  }
});
