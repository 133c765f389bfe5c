import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import { startTestPostgres, type TestPostgres } from '../postgres-for-programs.ts';
import { onPostgres } from '../postgres-databases.ts';
import { refusalLines, type RunningServer, spawnServer, startRefused, startServer, temporaryFolder } from '../running-server.ts';
import { accounts, segmentIds, smallImport } from '../small-import.ts';

const folder = temporaryFolder('postgres-system');
let postgres: TestPostgres;
let server: RunningServer;
const secret = 'secret-in-a-url-4711';
const data = join(folder.path, 'data');
const env = (): Record<string, string> => ({ FOYER_DATABASE_URL: `${postgres.url.replace('foyer@', `foyer:${secret}@`)}/postgres` });
const start = (): Promise<RunningServer> => startServer({ data, args: ['--empty'], env: env() });
const seen: string[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await start();
  await importText(server.url, server.operatorToken, smallImport());
});
afterAll(async () => {
  await server.stop();
  seen.push(server.output());
  expect(seen.join('')).not.toContain(secret);
  await postgres.remove();
  folder.remove();
});

const segmentCount = async (): Promise<unknown> => {
  const token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  return pick((await call(server.url, '/segment', { token })).json, 'response.count');
};
const readiness = async (): Promise<{ status: number; catalog: unknown }> => {
  const { status, json } = await call(server.url, '/readyz');
  return { status, catalog: pick(json, 'checks.catalog') };
};
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 200) throw new Error('it does not come true');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('a server keeps its catalog there, over a stop and a kill -9 at once followed by a start', async () => {
  expect(await segmentCount()).toBe(segmentIds.length);
  await server.stop();
  seen.push(server.output());
  server = await start();
  await server.kill();
  seen.push(server.output());
  server = await start();
  expect(await segmentCount()).toBe(segmentIds.length);
});

describe('a start is refused with one line and its own code', () => {
  it.each<[string, number, string, () => { data: string; env: Record<string, string> }]>([
    ['a second server on the database', 4, 'in use by another server', () => ({ data: join(folder.path, 'second'), env: env() })],
    [
      'a database that nobody answers for',
      8,
      'cannot be used',
      () => ({ data: join(folder.path, 'third'), env: { FOYER_DATABASE_URL: `postgres://foyer:${secret}@127.0.0.1:1/none` } }),
    ],
    [
      'an address that is none',
      2,
      'FOYER_DATABASE_URL must be like postgres://',
      () => ({ data: join(folder.path, 'fourth'), env: { FOYER_DATABASE_URL: `mysql://foyer:${secret}@127.0.0.1/none` } }),
    ],
  ])('%s', async (_what, code, text, options) => {
    const refused = await startRefused({ ...options(), args: ['--empty'] });
    expect([refused.code, refusalLines(refused.stderr)]).toEqual([code, [expect.stringContaining(text)]]);
    expect(refused.output).not.toContain(secret);
  });
  it('the same data directory without the database', async () => {
    await server.stop();
    seen.push(server.output());
    const refused = await startRefused({ data, args: ['--empty'] });
    expect([refused.code, refusalLines(refused.stderr)]).toEqual([9, [expect.stringContaining('belong to a catalog in PostgreSQL')]]);
    server = await start();
  });
});

it('while the database is away lookups go on, the rest is 503, readiness tells; then all is as before', async () => {
  const token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  const list = () => call(server.url, '/segment', { token });
  await postgres.stop();
  await until(async () => (await readiness()).status === 503);
  expect((await readiness()).catalog).toContain('the connection to the database is lost');
  expect((await list()).status).toBe(503);
  const made = await call(server.url, '/segment', { token, json: { segment: { short_name: 'x' } } });
  expect([made.status, made.headers['retry-after']]).toEqual([503, '5']);
  const user = await call(server.url, '/user-segments?uid=7652000000000000019', { token });
  expect(user.status).toBe(200);
  await postgres.startAgain();
  await until(async () => (await readiness()).status === 200);
  expect((await list()).status).toBe(200);
  expect((await call(server.url, '/segment', { token, json: { segment: { short_name: 'x' } } })).status).toBe(200);
});

describe('a backup', () => {
  const backup = join(folder.path, 'backup');
  const user = '7652000000000000019';
  const offline = async (args: readonly string[], settings: Record<string, string>) => {
    const { exited, output, stderr } = spawnServer({ data: '', allArgs: args, env: settings });
    const { code } = await exited;
    return { code, lines: refusalLines(stderr()), output: output() };
  };
  const put = async (): Promise<void> => {
    const token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
    const rt_segment = [{ user_id: user, seg_block: [{ seg_id: segmentIds[0], value: 3, expiration: 0 }] }];
    expect((await call(server.url, '/rt-segment', { token, json: { rt_segment } })).status).toBe(200);
  };
  const membershipsIn = async ({ url }: RunningServer): Promise<unknown> => {
    const token = await logIn(url, accounts.provider.username, accounts.provider.password);
    return pick((await call(url, `/user-segments?uid=${user}`, { token })).json, 'response.count');
  };

  it('of a server with PostgreSQL runs on SQLite, and goes back into an empty database', async () => {
    await put();
    const made = await call(server.url, '/backup', { token: server.operatorToken, json: { backup: { directory: backup } } });
    expect(made.status).toBe(200);
    expect((await offline(['verify', '--data', backup], {})).code).toBe(0);

    const onSqlite = join(folder.path, 'on-sqlite');
    expect((await offline(['restore', backup, '--data', onSqlite], {})).code).toBe(0);
    const second = await startServer({ data: onSqlite, args: ['--empty'] });
    expect(await membershipsIn(second)).toBe(1);
    await second.stop();

    await onPostgres(postgres.url, (client) => client.query('create database other'));
    const other = { FOYER_DATABASE_URL: `${postgres.url}/other` };
    const onPostgreSql = join(folder.path, 'on-postgresql');
    expect(await offline(['restore', backup, '--data', onPostgreSql], other)).toMatchObject({ code: 0 });
    expect(await offline(['verify', '--data', onPostgreSql], other)).toMatchObject({ code: 0 });
    const third = await startServer({ data: onPostgreSql, args: ['--empty'], env: other });
    expect(await membershipsIn(third)).toBe(1);
    await third.stop();
  });
  it('is never restored over a catalog', async () => {
    await onPostgres(postgres.url, (client) =>
      client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'other'"),
    );
    const other = { FOYER_DATABASE_URL: `${postgres.url}/other` };
    const again = join(folder.path, 'again');
    expect(await offline(['restore', backup, '--data', again], other)).toMatchObject({
      code: 9,
      lines: [expect.stringContaining('holds a catalog already')],
    });
    expect(existsSync(again)).toBe(false);
  });
  it('is verified with its database, or says that it needs it', async () => {
    const path = join(folder.path, 'on-postgresql');
    expect(await offline(['verify', '--data', path], {})).toMatchObject({
      code: 1,
      lines: [expect.stringContaining('FOYER_DATABASE_URL')],
    });
    expect(await offline(['verify', '--data', path], env())).toMatchObject({ code: 4 });
  });
});

it('a stop while the database is away ends in order', async () => {
  await postgres.stop();
  const { code } = await server.stop();
  seen.push(server.output());
  expect(code).toBe(0);
  await postgres.startAgain();
  server = await start();
});
