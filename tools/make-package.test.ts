import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renamed } from './make-package.ts';

const manifestOf = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', name, 'package.json'), 'utf8')) as {
    version: string;
    dependencies?: Record<string, string>;
  };

test.each([
  ["import { a } from './a.ts';", "import { a } from './a.js';"],
  ["import '@foyer/sdk/client.ts'", "import '@foyer/sdk/client.js'"],
  ["startWorker('../thread/engine.ts')", "startWorker('../thread/engine.js')"],
  ["const text = 'node tools/make-sdk.ts';", "const text = 'node tools/make-sdk.ts';"],
  ["read('../../assets/table.tsv')", "read('../../assets/table.tsv')"],
])('%s', (source, expected) => {
  expect(renamed(source)).toBe(expected);
});

test('the packages have one version, and name each other in it', () => {
  const names = ['sdk', 'server', 'cli'];
  const [version = ''] = names.map((name) => manifestOf(name).version);
  for (const name of names) {
    expect(manifestOf(name).version).toBe(version);
    const own = Object.entries(manifestOf(name).dependencies ?? {}).filter(([dependency]) => dependency.startsWith('@foyer/'));
    expect(own.every(([, wanted]) => wanted === version)).toBe(true);
  }
});
