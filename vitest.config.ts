import { existsSync, globSync, readFileSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Tests that keep rows: they open a catalog, or a server with one. They run on SQLite in `unit`, and once more on PostgreSQL. */
const storeTests = globSync('server/src/*/**/*.test.ts', { exclude: ['server/src/http/**', '**/*.system.test.ts'] }).filter((file) =>
  /test\/(?:temporary-catalog|platform-server)\.ts'/.test(readFileSync(file, 'utf8')),
);

/**
 * Where the tests beside the code put their files: in memory where there is room, since they sync thousands of small ones, which is most of
 * their time on a slow disk. Those of whole servers, of crashes and of conformance keep to the disk.
 */
const memoryFolder = '/dev/shm';
const roomBytes = 6 * 2 ** 30;
const hasRoom = (): boolean => {
  if (process.env['TMPDIR'] !== undefined || process.availableMemory() < roomBytes || !existsSync(memoryFolder)) return false;
  const { bavail, bsize } = statfsSync(memoryFolder);
  return bavail * bsize >= roomBytes;
};
const env = hasRoom() ? { TMPDIR: memoryFolder } : {};

/**
 * Tests beside the code are the unit stage, and those of them that keep rows are the postgres stage too; those that start a whole server
 * (*.system.test.ts too) are the system stage (tools/test.ts), those that drive a Chromium the browser stage. `*.pg.test.ts` are about
 * PostgreSQL alone.
 */
export default defineConfig({
  test: {
    passWithNoTests: false,
    allowOnly: false,
    // Only to end what hangs: a busy machine takes many times as long as a quiet one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          env,
          include: ['{server,sdk,cli,bench,tools,console}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'server/test/{system,browser}/**', '**/*.system.test.ts', '**/*.pg.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          env,
          include: storeTests,
          exclude: ['**/node_modules/**'],
          globalSetup: ['server/test/postgres-for-tests.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['server/test/system/**/*.test.ts', '{server,sdk,cli,bench,tools,console}/**/*.system.test.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['server/test/browser/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
    ],
  },
});
