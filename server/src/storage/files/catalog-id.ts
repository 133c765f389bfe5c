import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, StartRefused } from '../../kit/start-refused.ts';
import { writeDurably } from './write-durably.ts';

/** Stands in a data directory whose catalog is in a database, and holds that catalog's id. */
export const catalogIdFileName = 'catalog-id';

/** Null where the catalog is in the directory itself, or nowhere yet. */
export function readCatalogIdFile(dataPath: string): string | null {
  const file = join(dataPath, catalogIdFileName);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

/** Durable when it returns. */
export function writeCatalogIdFile(dataPath: string, id: string): void {
  writeDurably(join(dataPath, catalogIdFileName), `${id}\n`, 0o640);
}

/**
 * Profiles name segments by ids of one catalog; with another one they would be other members' segments. @throws StartRefused where the
 * directory's profiles belong to a catalog in a database
 */
export function refuseDatabaseProfiles(dataPath: string): void {
  if (readCatalogIdFile(dataPath) !== null)
    throw new StartRefused(
      exitCodes.otherCatalog,
      `the profiles in ${dataPath} belong to a catalog in PostgreSQL; set FOYER_DATABASE_URL to its database, or set FOYER_DATA to another directory`,
    );
}

/**
 * Compares the id in the directory with that of the catalog in the database. @param inDatabase null: the catalog has no profiles yet.
 * @returns true where the two are a pair already, false where both are free and can become one.
 * @throws StartRefused where one of them belongs to something else
 */
export function arePaired(dataPath: string, inDatabase: string | null): boolean {
  const inDirectory = readCatalogIdFile(dataPath);
  const refused = (text: string): StartRefused => new StartRefused(exitCodes.otherCatalog, text);
  if (existsSync(join(dataPath, 'catalog.sqlite')))
    throw refused(
      `${dataPath} has a catalog of its own, and FOYER_DATABASE_URL names another one; docs/runbooks/postgresql.md says how to move it`,
    );
  if (inDatabase !== null && inDirectory !== inDatabase)
    throw refused(
      `the catalog in the database of FOYER_DATABASE_URL belongs to the profiles in another data directory than ${dataPath}; set FOYER_DATA to that one, or use another database`,
    );
  // The file is written before the row; a crash in between leaves it without profiles.
  if (inDatabase === null && existsSync(join(dataPath, 'profiles', 'manifest')))
    throw refused(
      `the profiles in ${dataPath} belong to another catalog than the one in the database of FOYER_DATABASE_URL; set FOYER_DATABASE_URL to theirs, or FOYER_DATA to a new directory`,
    );
  return inDatabase !== null;
}
