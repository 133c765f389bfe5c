import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Credentials } from './credentials.ts';

const server = 'http://127.0.0.1:8080';
let home: string;
let credentials: Credentials;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-credentials-'));
  credentials = new Credentials({ XDG_CONFIG_HOME: join(home, 'config') });
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

it('keeps tokens in a file and a directory that only the owner may read, whatever the umask', async () => {
  const before = process.umask(0);
  try {
    await credentials.keep(server, { token: 't1', username: 'admin' });
  } finally {
    process.umask(before);
  }
  expect(await modeOf(credentials.path)).toBe(0o600);
  expect(await modeOf(dirname(credentials.path))).toBe(0o700);
});

it('makes a file that others could read private again with the next login', async () => {
  await credentials.keep(server, { token: 't1', username: 'admin' });
  await chmod(credentials.path, 0o644);
  await credentials.keep(server, { token: 't2', username: 'admin' });
  expect(await modeOf(credentials.path)).toBe(0o600);
});

it('keeps one token for each server, and knows where one logged in last', async () => {
  await credentials.keep(server, { token: 't1', username: 'admin' });
  await credentials.keep('https://other', { token: 't2', username: 'anna' });
  expect(await credentials.find(server)).toEqual({ token: 't1', username: 'admin' });
  expect(await credentials.find('https://other')).toEqual({ token: 't2', username: 'anna' });
  expect(await credentials.lastServer()).toBe('https://other');
});

it('forgets one token and leaves the others, and no other file behind', async () => {
  await credentials.keep(server, { token: 't1', username: 'admin' });
  await credentials.keep('https://other', { token: 't2', username: 'anna' });
  expect(await credentials.forget(server)).toBe(true);
  expect(await credentials.forget(server)).toBe(false);
  expect(await credentials.find(server)).toBeUndefined();
  expect(await readFile(credentials.path, 'utf8')).not.toContain('t1');
  expect(await readdir(dirname(credentials.path))).toEqual(['credentials.json']);
});

it('holds nothing before the first login, and makes no file by being asked', async () => {
  expect(await credentials.find(server)).toBeUndefined();
  expect(await credentials.lastServer()).toBeUndefined();
  expect(await readdir(home)).toEqual([]);
});

it('names a damaged file instead of overwriting it', async () => {
  await credentials.keep(server, { token: 't1', username: 'admin' });
  await writeFile(credentials.path, '{"servers":');
  await expect(credentials.keep(server, { token: 't2', username: 'admin' })).rejects.toThrow(`${credentials.path} is damaged`);
});

it('lies in ~/.config where XDG_CONFIG_HOME is not set, or is no absolute path', () => {
  expect(new Credentials({ HOME: '/home/anna' }).path).toBe('/home/anna/.config/foyer/credentials.json');
  expect(new Credentials({ HOME: '/home/anna', XDG_CONFIG_HOME: 'x' }).path).toBe('/home/anna/.config/foyer/credentials.json');
});
