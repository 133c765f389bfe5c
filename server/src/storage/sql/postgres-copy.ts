import { Kysely, sql } from 'kysely';
import type { Client } from 'pg';
import { systemClock } from '../../kit/clock.ts';
import { Catalog } from './catalog.ts';
import { copyRows, type NamedTables, requireSameMigrations, tablesInOrder } from './copy-rows.ts';
import { connect, type PostgresPlace, runOn } from './postgres-connection.ts';
import { SqliteWorkerDialect } from './sqlite-dialect.ts';

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

/** Puts a SQLite catalog of this version into PostgreSQL, whose tables are made and empty. */
export async function copyToPostgres(file: string, to: Catalog): Promise<void> {
  const from = new Kysely<Record<string, Record<string, unknown>>>({ dialect: new SqliteWorkerDialect(file) });
  try {
    await requireSameMigrations(from);
    await copyRows(await tablesInOrder(from), (table) => pagesOf(from, table), to.read as unknown as NamedTables);
  } finally {
    await from.destroy();
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
