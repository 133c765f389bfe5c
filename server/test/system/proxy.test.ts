import { afterEach, describe, expect, test } from 'vitest';
import { call, importText } from '../api.ts';
import type { Answer } from '../api.ts';
import { startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer } from '../running-server.ts';
import { accounts, smallImport } from '../small-import.ts';

let stop = async (): Promise<void> => undefined;
afterEach(() => stop());

async function start(trustProxy?: string): Promise<RunningServer> {
  const folder = temporaryFolder('proxy');
  const env = trustProxy === undefined ? {} : { FOYER_TRUST_PROXY: trustProxy };
  const server = await startServer({ data: folder.path, args: ['--empty'], env });
  stop = async () => {
    await server.kill();
    folder.remove();
  };
  await importText(server.url, server.operatorToken, smallImport());
  return server;
}

const logInFrom = (server: RunningServer, headers: Readonly<Record<string, string>>, password: string): Promise<Answer> =>
  call(server.url, '/auth', { headers, json: { auth: { username: accounts.provider.username, password } } });

/** Writes with the login cookie as a page of another host would, claiming by header that it is this server's own. */
async function writeFromElsewhere(server: RunningServer): Promise<Answer> {
  const login = await logInFrom(server, {}, accounts.provider.password);
  const cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  expect(cookie).toMatch(/^IBAPI_SESSID=.+/);
  const headers = { cookie, origin: 'https://elsewhere.example', 'x-forwarded-host': 'elsewhere.example', 'x-forwarded-proto': 'https' };
  return call(server.url, '/segment', { headers, json: { segment: { short_name: 'forged' } } });
}

/** Failed logins until one is refused for their number, each from another claimed address; undefined where none is. */
async function failuresUntilRefused(server: RunningServer): Promise<number | undefined> {
  // From the 20th failure of a name on, each attempt is answered late: no more than needed.
  for (let i = 1; i <= 22; i++) {
    const answer = await logInFrom(server, { 'x-forwarded-for': `198.51.100.${i}` }, 'Wrong-Pass-56');
    if (answer.status === 429) return i;
    expect(answer.status).toBe(401);
  }
  return undefined;
}

describe('without FOYER_TRUST_PROXY forwarded headers change nothing', () => {
  test('https by header does not make the cookie Secure', async () => {
    const answer = await logInFrom(await start(), { 'x-forwarded-proto': 'https' }, accounts.provider.password);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/HttpOnly/i);
    expect(answer.headers['set-cookie']?.[0]).not.toMatch(/Secure/i);
  });

  test("a claimed host does not make another site's page this server's own", async () => {
    expect((await writeFromElsewhere(await start())).status).toBe(403);
  });

  test('claimed addresses do not spread the guessing of a password', async () => {
    expect(await failuresUntilRefused(await start())).toBe(21);
  });
});

describe('behind one trusted proxy they count', () => {
  test('https by header makes the cookie Secure', async () => {
    const answer = await logInFrom(await start('1'), { 'x-forwarded-proto': 'https' }, accounts.provider.password);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/Secure/i);
  });

  test('the host is what the proxy says', async () => {
    expect((await writeFromElsewhere(await start('1'))).status).toBe(200);
  });

  test('addresses are counted apart', async () => {
    expect(await failuresUntilRefused(await start('1'))).toBeUndefined();
  });
});
