import { type Dialect, Kysely, sql } from 'kysely';
import { knownMigrations } from './catalog.ts';
import type { CatalogTables } from './catalog-schema.ts';

/** A catalog file that cannot be trusted. SQLite names the page, where it knows it. */
export class CatalogDamaged extends Error {
  override readonly name = 'CatalogDamaged';
  readonly file: string;
  constructor(file: string, reason: string, cause?: unknown) {
    super(`${file} is damaged: ${reason}`, { cause });
    this.file = file;
  }
}

/** What a catalog holds. */
export interface CatalogContents {
  readonly migration: string;
  readonly members: number;
  readonly accounts: number;
  readonly advertisers: number;
  readonly segments: number;
  readonly sharing_records: number;
  readonly audit_events: number;
}

const counted = {
  members: 'member',
  accounts: 'account',
  advertisers: 'advertiser',
  segments: 'segment',
  sharing_records: 'sharing_record',
  audit_events: 'audit_event',
} as const satisfies Record<string, keyof CatalogTables>;

/**
 * Checks every page, index and reference of a catalog that nobody else has open, and that this version knows its tables.
 * `name` stands for the file in errors. @throws CatalogDamaged
 */
export async function verifyCatalog(dialect: Dialect, name: string): Promise<CatalogContents> {
  const database = new Kysely<MigratedTables>({ dialect });
  try {
    const pages = await sql<{ integrity_check: string }>`pragma integrity_check(1)`.execute(database);
    const fault = pages.rows[0]?.integrity_check ?? 'it cannot be checked';
    if (fault !== 'ok') throw new CatalogDamaged(name, fault.replaceAll(/\s+/g, ' '));
    const loose = await sql<{ table: string; rowid: number }>`pragma foreign_key_check`.execute(database);
    const [row] = loose.rows;
    if (row) throw new CatalogDamaged(name, `row ${row.rowid} of ${row.table} refers to something that is not there`);
    return await contentsOf(database, name);
  } catch (error) {
    if (error instanceof CatalogDamaged) throw error;
    throw new CatalogDamaged(name, error instanceof Error ? error.message : String(error), error);
  } finally {
    await database.destroy();
  }
}

type MigratedTables = CatalogTables & { kysely_migration: { name: string } };

/** What the catalog holds, where this version knows its tables. @throws CatalogDamaged */
export async function contentsOf(database: Kysely<MigratedTables>, name: string): Promise<CatalogContents> {
  const made = (await database.selectFrom('kysely_migration').select('name').orderBy('name').execute()).map((each) => each.name);
  const unknown = made.find((each, at) => each !== knownMigrations[at]);
  if (unknown !== undefined) throw new CatalogDamaged(name, `this version of the server does not know its migration ${unknown}`);
  const counts = Object.entries(counted).map(async ([key, table]) => {
    const { count } = await database
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return [key, count] as const;
  });
  return { migration: made.at(-1) ?? 'none', ...(Object.fromEntries(await Promise.all(counts)) as Omit<CatalogContents, 'migration'>) };
}
