import { sql } from 'kysely';
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
    scrub: () => cutLog(catalog),
    close: () => catalog.close(),
  };
}

/** Deleting overwrites in the file itself (`secure_delete`); what stood there before is in the write-ahead log until that is cut. */
async function cutLog({ read }: Catalog): Promise<void> {
  const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(read);
  if (rows[0]?.busy !== 0) throw new Error("the catalog's write-ahead log is being read and was not cut");
}
