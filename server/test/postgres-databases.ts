/** Databases for single tests, made of a template that has all migrations. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { systemClock } from '../src/kit/clock.ts';
import { openPostgresCatalog } from '../src/storage/sql/postgres-catalog.ts';

const template = 'foyer_template';

/** Runs work over a connection to the server itself. @param url without a database */
export async function onPostgres<T>(url: string, work: (client: Client, url: string) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: `${url}/postgres` });
  await client.connect();
  try {
    return await work(client, url);
  } finally {
    await client.end();
  }
}

export async function prepareTemplate(client: Client, url: string): Promise<void> {
  // With another order of letters than the catalog's own, where this PostgreSQL knows one.
  const german = `create database ${template} template template0 locale_provider icu icu_locale 'de-DE'`;
  await client.query(german).catch(() => client.query(`create database ${template}`));
  const opened = await openPostgresCatalog({
    place: { url: `${url}/${template}`, durability: 'os', readers: 1 },
    clock: systemClock,
    dataPath: undefined,
    onState: () => {},
    onRival: () => {},
    onPlainSearch: () => {},
    onViewFailure: () => {},
  });
  await opened.close();
}

export interface TemporaryDatabase {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

/** A database that nobody else has. @param how `migrated`: with the tables of a catalog; `empty`: with nothing */
export async function temporaryDatabase(url: string, how: 'migrated' | 'empty' = 'migrated'): Promise<TemporaryDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onPostgres(url, (client) => client.query(`create database ${name}${how === 'migrated' ? ` template ${template}` : ''}`));
  return {
    url: `${url}/${name}`,
    remove: () => onPostgres(url, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  };
}
