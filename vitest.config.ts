import { defineConfig } from 'vitest/config';

/** Tests beside the code are the unit stage; those that start a whole server (*.system.test.ts too) are the system stage (tools/test.ts). */
export default defineConfig({
  test: {
    passWithNoTests: false,
    allowOnly: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{server,sdk,cli,bench,tools,console}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'server/test/system/**', '**/*.system.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['server/test/system/**/*.test.ts', '{server,sdk,cli,bench,tools,console}/**/*.system.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
