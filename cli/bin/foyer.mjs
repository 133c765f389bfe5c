#!/usr/bin/env node
// Runs on any Node from 20 on and goes on under Node 24, which the workspace installs as an exact dependency.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = new URL('../src/main.ts', import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

function findNode24() {
  const modules = join(root, 'node_modules');
  if (!existsSync(modules)) return undefined;
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return readdirSync(modules)
    .filter((name) => name.startsWith('node-'))
    .map((name) => join(modules, name, file))
    .find((path) => existsSync(path));
}

if (process.versions.node.startsWith('24.')) {
  await import(main.href);
} else {
  const node = findNode24();
  if (node === undefined) {
    process.stderr.write(`foyer: needs Node 24 (this is ${process.version}); run "npm ci" in ${root} first, it brings one\n`);
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
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
