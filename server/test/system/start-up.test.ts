import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import { refusalLines, startRefused, startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer, StartOptions } from '../running-server.ts';
import { accounts, providerMember, segmentIds, smallImport } from '../small-import.ts';

let data = '';
let removeFolder = (): void => undefined;
const running: RunningServer[] = [];
const start = async (options: Partial<StartOptions> = {}): Promise<RunningServer> => {
  const server = await startServer({ data, ...options });
  running.push(server);
  return server;
};

beforeEach(() => {
  const folder = temporaryFolder('start-up');
  data = join(folder.path, 'data');
  removeFolder = folder.remove;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill()));
  removeFolder();
});

/** A start that ends with this code and one line that matches. */
async function expectRefusal(options: Partial<StartOptions>, code: number, line: RegExp): Promise<void> {
  const refused = await startRefused({ data, ...options });
  expect({ code: refused.code, lines: refusalLines(refused.stderr) }, refused.output).toEqual({
    code,
    lines: [expect.stringMatching(line)],
  });
  expect(refused.output).not.toMatch(/\n\s+at .*[:(]/);
}

describe('a start is refused in one line', () => {
  test('exit 2: a setting that cannot be read names its option', async () => {
    await expectRefusal({ allArgs: ['serve', '--data', data], env: { FOYER_PORT: 'abc' } }, 2, /FOYER_PORT.*abc/);
    await expectRefusal({ env: { FOYER_LOG_LEVEL: 'loud' } }, 2, /FOYER_LOG_LEVEL.*loud/);
    await expectRefusal({ args: ['--port', '70000'] }, 2, /--port.*70000/);
  });

  test('exit 2: an unknown flag, a flag without its value, an unknown command', async () => {
    await expectRefusal({ args: ['--colour'] }, 2, /--colour/);
    await expectRefusal({ args: ['--host'] }, 2, /--host/);
    await expectRefusal({ allArgs: ['dance'] }, 2, /dance|usage/);
  });

  test('exit 3: the port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolveListen) => {
      other.listen(0, '127.0.0.1', resolveListen);
    });
    const port = String((other.address() as AddressInfo).port);
    await expectRefusal({ args: ['--port', port] }, 3, new RegExp(port));
    other.close();
  });

  test('exit 4: the data directory is in use, and the first server goes on', async () => {
    const server = await start();
    await expectRefusal({}, 4, /data director/i);
    expect((await call(server.url, '/healthz')).status).toBe(200);
    expect((await server.stop()).code).toBe(0);
  });

  test('exit 5: the data directory cannot be written', async () => {
    const file = join(data, '..', 'a-file');
    writeFileSync(file, '');
    await expectRefusal({ data: join(file, 'data') }, 5, /a-file/);
    // Nobody makes a folder there, root neither, and Node's own recursive mkdir never ends on it.
    await expectRefusal({ data: '/proc/foyer', timeoutMs: 20_000 }, 5, /\/proc\/foyer/);
  });

  test('another Node than 24', async () => {
    const pretend =
      'data:text/javascript,Object.defineProperty(process,"version",{value:"v25.1.0"});' +
      'Object.defineProperty(process,"versions",{value:{...process.versions,node:"25.1.0"}})';
    const refused = await startRefused({ data, nodeArgs: ['--import', pretend] });
    expect(refused.code).not.toBe(0);
    expect(refusalLines(refused.stderr)).toEqual([expect.stringMatching(/24.*25\.1\.0|25\.1\.0.*24/)]);
  });
});

describe('test passwords', () => {
  test('exit 7 beyond loopback, naming an account; FOYER_ALLOW_WEAK=1 lifts it; loopback is fine', async () => {
    const server = await start({ args: ['--empty'] });
    await importText(server.url, server.operatorToken, smallImport({ testPasswords: true }));
    await server.stop();
    const wide = ['--empty', '--host', '0.0.0.0'];
    await expectRefusal({ args: wide }, 7, /root|provider|buyer|viewer/);
    const weak = await start({ args: wide, env: { FOYER_ALLOW_WEAK: '1' } });
    expect((await call(`http://127.0.0.1:${new URL(weak.url).port}`, '/healthz')).status).toBe(200);
    await weak.stop();
    expect((await (await start({ args: ['--empty'] })).stop()).code).toBe(0);
  });

  test('a file without the mark may be served beyond loopback', async () => {
    const server = await start({ args: ['--empty'] });
    await importText(server.url, server.operatorToken, smallImport());
    await server.stop();
    const wide = await start({ args: ['--empty', '--host', '0.0.0.0'] });
    expect((await wide.stop()).code).toBe(0);
  });
});

describe('the first start', () => {
  test('makes an admin whose password is told once and logs in, and wants the demo once', async () => {
    const first = await start();
    expect(first.ready).toMatchObject({ empty: true, demoWanted: true, firstAccount: { username: 'admin', password: expect.any(String) } });
    const account = first.ready.firstAccount ?? { username: '', password: '' };
    const token = await logIn(first.url, account.username, account.password);
    expect(pick((await call(first.url, '/user?current', { token })).json, 'response.user.username')).toBe('admin');
    expect(first.output()).not.toContain(account.password);
    await first.stop();
    const second = await start();
    expect(second.ready).toMatchObject({ demoWanted: false, firstAccount: null });
    await logIn(second.url, account.username, account.password);
  });

  test('--empty never wants the demo', async () => {
    expect((await start({ args: ['--empty'] })).ready).toMatchObject({ empty: true, demoWanted: false });
  });

  test('--maintenance listens on loopback and makes no account', async () => {
    const server = await start({ allArgs: ['serve', '--data', data, '--maintenance', '--host', '0.0.0.0'] });
    expect(server.ready.firstAccount).toBeNull();
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    await importText(server.url, server.operatorToken, smallImport());
    await server.stop();
    const after = await start();
    expect(after.ready).toMatchObject({ empty: false, demoWanted: false });
  });
});

describe('run/server.json', () => {
  test('names url, token and process for the owner alone, and goes with an orderly stop', async () => {
    const server = await start();
    const file = join(data, 'run', 'server.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const entry = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    expect(entry).toEqual({ url: expect.stringContaining(server.url), operator_token: expect.any(String), pid: server.pid });
    expect((await call(server.url, '/user?current', { token: server.operatorToken })).status).toBeLessThan(500);
    await server.stop();
    expect(readdirSync(join(data, 'run'))).not.toContain('server.json');
  });

  test('the operator token ends with its process', async () => {
    const first = await start();
    const token = first.operatorToken;
    await first.stop();
    const second = await start();
    expect((await call(second.url, '/member', { token })).status).toBe(401);
    expect((await call(second.url, '/member', { token: second.operatorToken })).status).toBe(200);
  });
});

describe('the end', () => {
  test('kill -9 frees the data directory at once and loses nothing', async () => {
    const first = await start({ args: ['--empty'] });
    await importText(first.url, first.operatorToken, smallImport());
    await first.kill();
    const second = await start({ args: ['--empty'] });
    const answer = await call(second.url, `/segment?member_id=${providerMember}`, { token: second.operatorToken });
    expect(pick(answer.json, 'response.count')).toBe(segmentIds.length);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends with exit 0', async (signal) => {
    const server = await start();
    server.signal(signal);
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test('two signals in a row are one stop', async () => {
    const server = await start();
    server.signal('SIGINT');
    server.signal('SIGINT');
    server.signal('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test('a parent that goes away counts as SIGTERM', async () => {
    const server = await start();
    expect(await server.leave()).toEqual({ code: 0, signal: null });
  });
});

describe('what it writes', () => {
  test('only JSON lines, on stderr', async () => {
    const server = await start({ args: ['--empty'], env: { FOYER_LOG_LEVEL: 'debug' } });
    await importText(server.url, server.operatorToken, smallImport());
    await logIn(server.url, accounts.provider.username, accounts.provider.password);
    await call(server.url, '/nowhere');
    await server.stop();
    const lines = server.output().split('\n').filter(Boolean);
    expect(lines.length).toBeGreaterThan(0);
    const entries = lines.map((line) => JSON.parse(line) as { route?: string; status?: number; ms?: number });
    for (const entry of entries) expect(entry).toMatchObject({ level: expect.anything(), time: expect.anything() });
    // A login hashes a password: its line tells how long that took.
    const login = entries.find((entry) => entry.route === '/auth' && entry.status === 200);
    expect(login?.ms).toBeGreaterThan(1);
  });
});
