import type { Clock } from '../../kit/clock.ts';
import { Catalog } from './catalog.ts';
import type { CatalogPlace } from './catalog-place.ts';
import { copyCatalog } from './copy-catalog.ts';
import { SqliteWorkerDialect } from './sqlite-dialect.ts';
import type { SqlitePlace } from './sqlite-protocol.ts';

/** The catalog in a file of the data directory, which no other process has open. */
export async function openSqliteCatalog({ file, durability }: SqlitePlace, clock: Clock): Promise<CatalogPlace> {
  const catalog = await Catalog.open(new SqliteWorkerDialect(file, durability), clock);
  return {
    catalog,
    follow: async () => {},
    check: () => catalog.check(),
    copyTo: (copy) => copyCatalog(new SqliteWorkerDialect(file), copy),
    close: () => catalog.close(),
  };
}
