/** One PostgreSQL for a whole run of the project `postgres` (vitest.config.ts). Each catalog gets a database of its own in it. */
import type { TestProject } from 'vitest/node';
import { onPostgres, prepareTemplate } from './postgres-databases.ts';
import { startTestPostgres } from './postgres-for-programs.ts';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, remove } = await startTestPostgres();
  await onPostgres(url, prepareTemplate);
  project.provide('postgresUrl', url);
  return remove;
}
