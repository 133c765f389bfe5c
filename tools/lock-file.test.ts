import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
const packages = Object.entries(lock.packages);

test('the lock file records no download address, so it works behind any mirror', () => {
  const addresses = packages.filter(([, locked]) => locked.resolved !== undefined && !locked.link);
  expect(addresses).toEqual([]);
});

test('the lock file holds every optional dependency for every platform: without one, npm ci refuses the whole file', () => {
  const missing = packages.flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});

test('what comes from a registry is held by its checksum', () => {
  const bare = packages.filter(([path, locked]) => path.includes('node_modules/') && !locked.link && locked.integrity === undefined);
  expect(bare.map(([path]) => path)).toEqual([]);
});
