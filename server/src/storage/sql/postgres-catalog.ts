import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import { arePaired, writeCatalogIdFile } from '../files/catalog-id.ts';
import { Catalog } from './catalog.ts';
import type { CatalogPlace } from './catalog-place.ts';
import { copyFromPostgres } from './postgres-copy.ts';
import { PostgresChanges } from './postgres-changes.ts';
import type { PostgresPlace } from './postgres-connection.ts';
import { PostgresCatalogDialect } from './postgres-dialect.ts';
import { openWriter, startFailure } from './postgres-start.ts';
import { makeTextIndexes } from './postgres-text-index.ts';
import type { PostgresWriter } from './postgres-writer.ts';

export interface PostgresCatalogOptions {
  readonly place: PostgresPlace;
  readonly clock: Clock;
  /** The directory of the profiles that belong to the catalog. Undefined: a tool beside the server that owns the catalog. */
  readonly dataPath: string | undefined;
  /** Told when the connection that changes the catalog is gone, and when it is back. */
  readonly onState: (state: 'lost' | 'back', why: string) => void;
  /** Another server has taken the catalog: this one must end. */
  readonly onRival: () => void;
  /** Texts are looked for without an index, because PostgreSQL's extension for it is missing. */
  readonly onPlainSearch: (why: string) => void;
  /** The view could not be brought up to date; it is tried again. */
  readonly onViewFailure: (error: unknown) => void;
}

/** PostgreSQL notices the end of a process on its machine at once, but not in no time. */
const ownerPatienceMs = 3_000;

/** The catalog in PostgreSQL. One server at a time owns it, together with one data directory. @throws StartRefused */
export async function openPostgresCatalog(options: PostgresCatalogOptions): Promise<CatalogPlace> {
  const { place, clock, dataPath, onState, onRival, onPlainSearch, onViewFailure } = options;
  const writer = await openWriter({ place, owner: dataPath !== undefined, patienceMs: ownerPatienceMs, onState, onRival });
  const changes = new PostgresChanges(place, onViewFailure);
  let catalog: Catalog | undefined;
  try {
    const paired = dataPath === undefined || arePaired(dataPath, await idInDatabase(writer));
    const dialect = new PostgresCatalogDialect(place, writer);
    catalog = await writer.withoutHaste(() =>
      Catalog.open(dialect, clock, (transaction, touched) => changes.announce(transaction, touched)),
    );
    const missing = dataPath === undefined ? undefined : await writer.withoutHaste(() => makeTextIndexes(writer));
    if (missing !== undefined) onPlainSearch(missing);
    if (!paired) await pair(catalog, dataPath);
    await changes.begin(catalog.read);
  } catch (error) {
    await (catalog ?? writer).close();
    throw startFailure(error);
  }
  const { read } = catalog;
  const opened = catalog;
  return {
    catalog,
    follow: (view) => changes.follow(read, view),
    check: async () => (writer.check() === 'ok' ? await opened.check() : 'cannot be changed: the connection to the database is lost'),
    copyTo: (file) => copyFromPostgres(place, file),
    scrub: async () => {},
    async close() {
      await changes.close();
      await opened.close();
    },
  };
}

/** Before anything is migrated: a database that belongs to somebody else stays as it is. */
async function idInDatabase(writer: PostgresWriter): Promise<string | null> {
  const { rows } = await writer.run("select to_regclass('catalog_state') is not null as made", []);
  if (!(rows[0] as { made: boolean }).made) return null;
  const found = await writer.run('select catalog_id from catalog_state', []);
  return (found.rows[0] as { catalog_id: string | null } | undefined)?.catalog_id ?? null;
}

/** The file first: `arePaired` says why. */
async function pair({ read }: Catalog, dataPath: string): Promise<void> {
  const id = randomUUID();
  writeCatalogIdFile(dataPath, id);
  await read.updateTable('catalog_state').set({ catalog_id: id }).execute();
}
