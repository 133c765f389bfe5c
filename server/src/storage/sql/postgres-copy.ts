import { randomUUID } from 'node:crypto';
import { Kysely, sql } from 'kysely';
import type { Client } from 'pg';
import { systemClock } from '../../kit/clock.ts';
import { exitCodes, StartRefused } from '../../kit/start-refused.ts';
import { Catalog } from './catalog.ts';
import { readCatalogId } from './catalog-place.ts';
import { copyRows, type NamedTables, tablesInOrder } from './copy-rows.ts';
import { connect, PostgresError, type PostgresPlace, runOn } from './postgres-connection.ts';
import { PostgresCatalogDialect } from './postgres-dialect.ts';
import { openWriter } from './postgres-start.ts';
import { SqliteWorkerDialect } from './sqlite-dialect.ts';
import { CatalogDamaged, type CatalogContents, contentsOf } from './verify-catalog.ts';

const rowsPerFetch = 1_000;

/**
 * Writes all that is committed into a new SQLite file, as one moment shows it, while changes go on. A backup has this form whatever
 * database the catalog is in; so it can be verified anywhere and restored into either.
 */
export async function copyFromPostgres(place: PostgresPlace, file: string): Promise<void> {
  const client = await connect(place);
  try {
    // Not the commits but the end is what makes the copy: whoever makes it syncs it.
    const copy = await Catalog.open(new SqliteWorkerDialect(file, 'os'), systemClock);
    try {
      const to = copy.read as unknown as NamedTables;
      await runOn(client, 'begin isolation level repeatable read read only', []);
      await copyRows(await tablesInOrder(to), (table) => rowsOf(client, table), to);
    } finally {
      await copy.close();
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function* rowsOf(client: Client, table: string): AsyncGenerator<readonly Record<string, unknown>[]> {
  await runOn(client, `declare copied no scroll cursor for select * from ${client.escapeIdentifier(table)}`, []);
  for (;;) {
    const { rows } = await runOn(client, `fetch ${rowsPerFetch} from copied`, []);
    if (rows.length > 0) yield rows as Record<string, unknown>[];
    if (rows.length < rowsPerFetch) break;
  }
  await runOn(client, 'close copied', []);
}

/**
 * Fills an empty database with a SQLite catalog, which is brought up to date first. @returns the id that the data directory of its
 * profiles must have @throws StartRefused where the database is in use, holds a catalog or cannot be used
 */
export async function copyToPostgres(place: PostgresPlace, file: string): Promise<string> {
  const onState = (): void => undefined;
  const writer = await openWriter({ place, owner: true, patienceMs: 0, onState, onRival: onState });
  const to = await Catalog.open(new PostgresCatalogDialect(place, writer), systemClock);
  try {
    const member = await to.read.selectFrom('member').select('id').limit(1).executeTakeFirst();
    if (member || (await readCatalogId(to.read)) !== null)
      throw new StartRefused(exitCodes.otherCatalog, 'the database of FOYER_DATABASE_URL holds a catalog already; name an empty one');
    const from = await Catalog.open(new SqliteWorkerDialect(file), systemClock);
    try {
      const sqlite = from.read as unknown as NamedTables;
      await copyRows(await tablesInOrder(sqlite), (table) => pagesOf(sqlite, table), to.read as unknown as NamedTables);
    } finally {
      await from.close();
    }
    const id = randomUUID();
    await to.read.updateTable('catalog_state').set({ catalog_id: id }).execute();
    await sql`analyze`.execute(to.read);
    return id;
  } finally {
    await to.close();
  }
}

/** Checks that the database holds the catalog with this id, in a form that this version knows. @throws CatalogDamaged, StartRefused */
export async function verifyPostgres(place: PostgresPlace, catalogId: string): Promise<CatalogContents & { readonly bytes: number }> {
  const name = 'the catalog in the database of FOYER_DATABASE_URL';
  const onState = (): void => undefined;
  const writer = await openWriter({ place, owner: true, patienceMs: 0, onState, onRival: onState });
  const database = new Kysely<never>({ dialect: new PostgresCatalogDialect(place, writer) });
  try {
    const contents = await contentsOf(database as never, name);
    if ((await readCatalogId(database as never)) !== catalogId)
      throw new StartRefused(exitCodes.otherCatalog, `${name} is not that of the data directory`);
    const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(database);
    return { ...contents, bytes: rows[0]?.bytes ?? 0 };
  } catch (error) {
    if (error instanceof PostgresError) throw new CatalogDamaged(name, error.message, error);
    throw error;
  } finally {
    await database.destroy();
  }
}

/** By SQLite's own row number, which every table of the catalog has. */
async function* pagesOf(db: NamedTables, table: string): AsyncGenerator<readonly Record<string, unknown>[]> {
  for (let last = -1; ;) {
    const { rows } = await sql<{ copied_row: number } & Record<string, unknown>>`
      select rowid as copied_row, * from ${sql.table(table)} where rowid > ${last} order by rowid limit ${rowsPerFetch}`.execute(db);
    if (rows.length > 0) yield rows.map(({ copied_row: _, ...row }) => row);
    if (rows.length < rowsPerFetch) return;
    last = rows.at(-1)?.copied_row ?? last;
  }
}
