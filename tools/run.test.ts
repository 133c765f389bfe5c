import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** A checkout with run.mjs, a lock file, a stand-in for npm that writes down how it was called, and a script to go on to. */
let root = '';
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const putJson = (path: string, value: unknown): void => put(path, JSON.stringify(value));

const locked = {
  'node_modules/kept': { version: '1.0.0' },
  'node_modules/tester': { version: '2.0.0', dev: true },
  'node_modules/elsewhere': { version: '3.0.0', optional: true, os: ['aix'] },
};

/** The state that npm leaves behind: the packages, and its own list of them. */
function putInstalled(packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>): void {
  for (const path of Object.keys(packages)) mkdirSync(join(root, path), { recursive: true });
  putJson('node_modules/.package-lock.json', { packages });
}

const standIn = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
writeFileSync('npm-called.json', JSON.stringify(process.argv.slice(2)));
if (process.env.NPM_FAULT) { console.error('npm error code E503\\nnpm error 503 Service Unavailable\\nnpm error A complete log: /tmp/x.log'); process.exit(1); }
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const wanted = Object.entries(lock.packages).filter(([path, p]) => path && !p.optional && !(p.dev && process.argv.includes('--omit=dev')));
if (!process.env.NPM_LEAVES_OUT) for (const [path] of wanted) mkdirSync(path, { recursive: true });
mkdirSync('node_modules', { recursive: true });
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(wanted) }));
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'foyer-run-'));
  mkdirSync(join(root, 'tools'));
  copyFileSync(join(import.meta.dirname, 'run.mjs'), join(root, 'tools', 'run.mjs'));
  putJson('package-lock.json', { packages: { '': {}, ...locked } });
  put('npm/npm.js', standIn);
  put('npm/package.json', '{"type":"module"}');
  put('cli/src/main.ts', "console.log('went on', process.argv.slice(2).join(' '));\nprocess.exit(Number(process.env['EXIT'] ?? 0));");
  put('tools/check.ts', "console.log('checked');");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const environment = (extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  npm_execpath: join(root, 'npm', 'npm.js'),
  ...extra,
});
function run(
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, 'tools', 'run.mjs'), ...args], { encoding: 'utf8', env: environment(extra) });
}
const npmArguments = (): readonly string[] | undefined => {
  const file = join(root, 'npm-called.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : undefined;
};

describe('installing', () => {
  test('a fresh clone gets exactly the lock file, without development packages for start', () => {
    const { status, stdout, stderr } = run(['start', '--port', '9']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'went on serve --port 9\n' });
    expect(npmArguments()?.slice(0, 2)).toEqual(['ci', '--omit=dev']);
    expect(stderr).toContain('Installing packages (about 20 s)');
  });

  test('check needs the development packages, start keeps them', () => {
    putInstalled({ 'node_modules/kept': { version: '1.0.0' } });
    expect(run(['check']).stdout).toBe('checked\n');
    expect(npmArguments()?.slice(0, 3)).toEqual(['install', '--no-save', '--include=dev']);
    putJson('package-lock.json', { packages: { ...locked, 'node_modules/kept': { version: '1.0.1' } } });
    expect(run(['start']).status).toBe(0);
    expect(npmArguments()?.slice(0, 3)).toEqual(['install', '--no-save', '--include=dev']);
  });

  test('nothing is installed where everything is there', () => {
    putInstalled({ 'node_modules/kept': locked['node_modules/kept'], 'node_modules/tester': locked['node_modules/tester'] });
    expect(run(['check']).stdout).toBe('checked\n');
    expect(run(['start']).stderr).toBe('');
    expect(npmArguments()).toBeUndefined();
  });

  test('a package whose folder is gone is installed again', () => {
    putInstalled({ 'node_modules/kept': locked['node_modules/kept'] });
    rmSync(join(root, 'node_modules/kept'), { recursive: true });
    expect(run(['start']).status).toBe(0);
    expect(npmArguments()?.[0]).toBe('install');
  });

  test("npm's failure is one line with its reason", () => {
    const { status, stdout, stderr } = run(['start'], { NPM_FAULT: '1' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trim().split('\n').slice(1)).toEqual([
      'foyer: npm could not install the packages: code E503; 503 Service Unavailable (all of it: /tmp/x.log)',
    ]);
  });

  test('what npm leaves out is named', () => {
    const { status, stderr } = run(['start'], { NPM_LEAVES_OUT: '1' });
    expect(status).toBe(1);
    expect(stderr).toContain('foyer: npm left out node_modules/kept; remove node_modules');
  });

  test('a missing or broken lock file is one line', () => {
    put('package-lock.json', '{');
    expect(run(['start'])).toMatchObject({ status: 1, stderr: expect.stringMatching(/^foyer: .*package-lock\.json cannot be read.*\n$/) });
    rmSync(join(root, 'package-lock.json'));
    expect(run(['start'])).toMatchObject({ status: 1, stderr: 'foyer: package-lock.json is missing; restore it with git\n' });
  });
});

describe('going on', () => {
  beforeEach(() => putInstalled({ 'node_modules/kept': locked['node_modules/kept'] }));

  test('the server gets settings of memory, unless the caller has some', () => {
    put(
      'cli/src/main.ts',
      "console.log(['GLIBC_TUNABLES', 'MALLOC_ARENA_MAX', 'NODE_OPTIONS'].map((name) => process.env[name]).join(' '));",
    );
    const own = { GLIBC_TUNABLES: 'glibc.malloc.check=1', MALLOC_ARENA_MAX: '9', NODE_OPTIONS: '--no-deprecation' };
    expect(run(['start'], own).stdout).toBe('glibc.malloc.check=1 9 --no-deprecation\n');
    const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !Object.hasOwn(own, name)));
    const { stdout } = spawnSync(process.execPath, [join(root, 'tools', 'run.mjs'), 'start'], { encoding: 'utf8', env: others });
    expect(stdout).toBe('glibc.malloc.hugetlb=1 2 --max-semi-space-size=16\n');
  });

  test('the exit code is passed through', () => {
    expect(run(['start'], { EXIT: '7' }).status).toBe(7);
  });

  test('an unknown command is one line', () => {
    expect(run(['toString'])).toMatchObject({
      status: 1,
      stderr: 'foyer: usage: node tools/run.mjs start|test|check|bench|package [arguments]\n',
    });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches the command, whose exit code counts', async (signal) => {
    put(
      'cli/src/main.ts',
      `setInterval(() => {}, 1000); process.on('${signal}', () => { console.log('stopped'); process.exit(3); }); console.log('up');`,
    );
    const child = spawn(process.execPath, [join(root, 'tools', 'run.mjs'), 'start'], {
      env: environment({}),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const texts: string[] = [];
    child.stdout.on('data', (text: Buffer) => texts.push(text.toString('utf8')));
    for (let waited = 0; !texts.join('').includes('up') && waited < 10_000; waited += 20) await sleep(20);
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number];
    expect({ code, text: texts.join('') }).toEqual({ code: 3, text: 'up\nstopped\n' });
  });

  test('a command that a signal ended counts as failed', () => {
    put('cli/src/main.ts', "process.kill(process.pid, 'SIGKILL');");
    expect(run(['start']).status).toBe(137);
  });
});
