/** The packages as npm makes them, in an empty folder: they run there. With FOYER_TEST_FULL=1 npm installs all that they depend on. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningServe } from './foyer-process.ts';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '..', '..');
const inherited = Object.entries(process.env).filter(([name]) => !/^(FOYER_|VITEST|NODE_ENV$|npm_)/.test(name));
/** This Node is the first that `node` finds. */
const env = { ...Object.fromEntries(inherited), PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };

let home: string;
let installed: string;
const bin = (): string => join(installed, 'node_modules', '@foyer', 'cli', 'bin', 'foyer.mjs');
const foyer = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [bin(), ...args], { cwd: installed, env: { ...env, XDG_CONFIG_HOME: home } })).stdout;

const npmInstall = async (...args: string[]): Promise<void> => {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  await run('npm', ['install', ...quiet, ...args], { cwd: installed });
};

/** All of it by npm, from its cache; where that lacks something, from the registry. */
async function installByNpm(packages: readonly string[]): Promise<void> {
  await npmInstall('--offline', ...packages).catch(() => npmInstall('--prefer-offline', ...packages));
}

/**
 * The same without a network: npm installs the sdk, which depends on nothing, the others are unpacked beside it, and what they depend
 * on are links to where the repository has it.
 */
async function installOffline(packages: readonly string[]): Promise<void> {
  await npmInstall('--offline', ...packages.filter((file) => file.includes('-sdk-')));
  const modules = join(installed, 'node_modules');
  for (const name of ['server', 'cli']) {
    const folder = join(modules, '@foyer', name);
    await mkdir(folder);
    const file = packages.find((candidate) => candidate.includes(`-${name}-`)) ?? '';
    await run('tar', ['-xzf', file, '-C', folder, '--strip-components=1']);
  }
  const manifest = await readFile(join(modules, '@foyer', 'server', 'package.json'), 'utf8');
  for (const name of Object.keys((JSON.parse(manifest) as { dependencies: object }).dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(repository, 'node_modules', name), join(modules, name), 'junction');
  }
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-packages-'));
  installed = join(home, 'elsewhere');
  const packed = join(home, 'packed');
  await mkdir(packed);
  await mkdir(installed);
  await writeFile(join(installed, 'package.json'), '{"private":true,"type":"module"}');
  const args = ['pack', '-w', 'sdk', '-w', 'server', '-w', 'cli', '--pack-destination', packed, '--loglevel=error'];
  await run('npm', args, { cwd: repository });
  const packages = (await readdir(packed)).map((name) => join(packed, name));
  await (process.env['FOYER_TEST_FULL'] === '1' ? installByNpm : installOffline)(packages);
});
afterAll(() => rm(home, { recursive: true, force: true }));

it('hold no sources and no tests, but the licence', async () => {
  for (const name of ['sdk', 'server', 'cli']) {
    const files = await readdir(join(installed, 'node_modules', '@foyer', name), { recursive: true });
    expect(files.filter((file) => (file.endsWith('.ts') && !file.endsWith('.d.ts')) || /test|fixture/.test(file))).toEqual([]);
    expect(files).toContain(join('dist', 'LICENSE'));
  }
});

it('the sdk can be imported, with its types', async () => {
  const script = `import { FoyerClient, FoyerError, NoAnswerError } from '@foyer/sdk';
import { readPages } from '@foyer/sdk/read-pages.js';
console.log([new FoyerClient({ baseUrl: 'http://x' }).listSegments, FoyerError, NoAnswerError, readPages].map((value) => typeof value).join());`;
  await writeFile(join(installed, 'try.mjs'), script);
  expect((await run(process.execPath, ['try.mjs'], { cwd: installed, env })).stdout).toBe('function,function,function,function\n');
  const typed = `import { FoyerClient } from '@foyer/sdk';
import type { Segment } from '@foyer/sdk/wire';
const client = new FoyerClient({ baseUrl: 'http://x' });
export const names = async (): Promise<Segment['short_name'][]> => (await client.listSegments({ state: 'active' })).segments.map((segment) => segment.short_name);
// @ts-expect-error there is no such field
export const wrong = client.createSegment({ nam: 'x' });`;
  await writeFile(join(installed, 'try.ts'), typed);
  const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom', '--types', ''];
  await run(process.execPath, [compiler, ...options, 'try.ts'], { cwd: installed, env });
});

it('foyer shows its help and its version', async () => {
  expect(await foyer('--help')).toContain('segment list');
  expect(await foyer('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('foyer runs the server, and talks to it', async () => {
  const serve = new RunningServe(['--json', '--empty', '--data', join(home, 'data')], { config: home, entry: bin() });
  try {
    const { url, first_account: account } = await serve.event<{ url: string; first_account: { username: string; password: string } }>(
      'ready',
    );
    const login = run(process.execPath, [bin(), 'login', '--server', url, '-u', account.username, '--password-stdin'], {
      env: { ...env, XDG_CONFIG_HOME: home },
    });
    login.child.stdin?.end(account.password);
    await login;
    const made = JSON.parse(await foyer('segment', 'create', '--code', 'packed', '--member', '1', '--json')) as { id: number };
    expect(await foyer('segment', 'list')).toMatch(new RegExp(`^ *${made.id} +packed `, 'm'));
  } finally {
    expect(await serve.stop()).toBe(0);
  }
});
