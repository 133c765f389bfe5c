/** A real catalog on SQLite, in a folder of its own. */
import { join } from 'node:path';
import { Catalog } from '../src/storage/sql/catalog.ts';
import { SqliteWorkerDialect } from '../src/storage/sql/sqlite-dialect.ts';
import type { Clock } from '../src/kit/clock.ts';
import { temporaryFolder } from './running-server.ts';

export interface TemporaryCatalog {
  readonly catalog: Catalog;
  /** Closes it and opens its file again. */
  readonly reopened: () => Promise<TemporaryCatalog>;
  readonly remove: () => Promise<void>;
}

export async function temporaryCatalog(clock: Clock, folder = temporaryFolder('catalog')): Promise<TemporaryCatalog> {
  const catalog = await Catalog.open(new SqliteWorkerDialect(join(folder.path, 'catalog.sqlite'), 'os'), clock);
  return {
    catalog,
    async reopened() {
      await catalog.close();
      return temporaryCatalog(clock, folder);
    },
    async remove() {
      await catalog.close();
      folder.remove();
    },
  };
}
