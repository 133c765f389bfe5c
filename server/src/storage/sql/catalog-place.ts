import type { Catalog } from './catalog.ts';
import type { CatalogReader, Touched } from './catalog-schema.ts';

/** What is kept in step with the catalog: the catalog view. */
export interface FollowedView {
  /** Reads these rows again. */
  renew(touched: Touched): Promise<void>;
  /** Reads all again. */
  reload(): Promise<void>;
}

/** Where a server's catalog is: the catalog itself, and what differs from database to database. */
export interface CatalogPlace {
  readonly catalog: Catalog;
  /** From now on the view sees what other processes change too. What was changed since the place was opened is seen when this resolves. */
  follow(view: FollowedView): Promise<void>;
  /** `ok`, or a short text on why the catalog cannot be read or changed. */
  check(): Promise<string>;
  /** Writes all that is committed into a new SQLite file, while changes go on. The file is not synced yet. */
  copyTo(file: string): Promise<void>;
  /** What was deleted or replaced is in none of the catalog's own files any more. A database server clears its files by itself. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

/** The id that a data directory has in common with the catalog of its profiles; null where the catalog is in the directory itself. */
export async function readCatalogId(db: CatalogReader): Promise<string | null> {
  return (await db.selectFrom('catalog_state').select('catalog_id').executeTakeFirstOrThrow()).catalog_id;
}
