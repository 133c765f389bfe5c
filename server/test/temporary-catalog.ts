/** A real catalog in a folder of its own: on SQLite, or in a database of its own where the run has a PostgreSQL. */
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Clock } from '../src/kit/clock.ts';
import type { Catalog } from '../src/storage/sql/catalog.ts';
import type { CatalogPlace } from '../src/storage/sql/catalog-place.ts';
import { openPostgresCatalog } from '../src/storage/sql/postgres-catalog.ts';
import { openSqliteCatalog } from '../src/storage/sql/sqlite-catalog.ts';
import { temporaryDatabase } from './postgres-databases.ts';
import { temporaryFolder } from './running-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's PostgreSQL is; absent in runs on SQLite. */
    postgresUrl?: string;
  }
}

export interface TemporaryCatalog {
  readonly catalog: Catalog;
  readonly place: CatalogPlace;
  /** Closes it and opens it again, with all that it holds. */
  readonly reopened: () => Promise<TemporaryCatalog>;
  readonly remove: () => Promise<void>;
}

/** Does this run test PostgreSQL? Its address, without a database. Tools that compose a server outside of Vitest are on SQLite. */
export const postgresUrl = (): string | undefined => (process.env['VITEST'] === undefined ? undefined : inject('postgresUrl'));

export async function temporaryCatalog(clock: Clock): Promise<TemporaryCatalog> {
  const folder = temporaryFolder('catalog');
  const server = postgresUrl();
  if (server === undefined) {
    const file = join(folder.path, 'catalog.sqlite');
    return opened(() => openSqliteCatalog({ file, durability: 'os' }, clock), folder.remove);
  }
  const database = await temporaryDatabase(server);
  const open = (): Promise<CatalogPlace> =>
    openPostgresCatalog({
      place: { url: database.url, durability: 'os', readers: 3 },
      clock,
      dataPath: folder.path,
      onState: () => {},
      onRival: () => {},
      onPlainSearch: () => {},
      onViewFailure: (error) => {
        throw error;
      },
    });
  return opened(open, async () => {
    await database.remove();
    folder.remove();
  });
}

async function opened(open: () => Promise<CatalogPlace>, clean: () => Promise<void> | void): Promise<TemporaryCatalog> {
  const place = await open();
  return {
    place,
    catalog: place.catalog,
    async reopened() {
      await place.close();
      return opened(open, clean);
    },
    async remove() {
      await place.close();
      await clean();
    },
  };
}
