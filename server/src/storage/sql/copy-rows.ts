import { type Kysely, sql } from 'kysely';

type Row = Record<string, unknown>;
/** A catalog whose tables are looked at by name: those of migrations to come are copied too. */
export type NamedTables = Kysely<Record<string, Row>>;
/** Databases bound the number of values of a statement. */
const valuesPerStatement = 5_000;

/** Reads all rows of a table, some at a time. */
export type RowReader = (table: string) => AsyncIterable<readonly Row[]>;

/** Filled by triggers. So is the index of texts, which is no table of its own for SQLite. */
const derivedTables: ReadonlySet<string> = new Set(['segment_count']);

/** The tables of a catalog that nothing else fills, each behind those that it refers to. @param sqlite a catalog that is or will be the same, in SQLite */
export async function tablesInOrder(sqlite: NamedTables): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from pragma_table_list
    where schema = 'main' and type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%' order by name`.execute(sqlite);
  const waiting = new Map<string, Set<string>>();
  for (const { name } of rows) {
    if (derivedTables.has(name)) continue;
    const references = await sql<{ table: string }>`select "table" from pragma_foreign_key_list(${name})`.execute(sqlite);
    waiting.set(name, new Set(references.rows.map(({ table }) => table).filter((table) => table !== name)));
  }
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].find(([, references]) => [...references].every((table) => !waiting.has(table)));
    if (!free) throw new Error(`the tables ${[...waiting.keys()].join(', ')} refer to each other in a circle`);
    waiting.delete(free[0]);
    ordered.push(free[0]);
  }
  return ordered;
}

/**
 * Puts all rows of a catalog into another one of the same migrations, in one transaction. What a new catalog holds already (its
 * state) is replaced; the id that ties a catalog to a data directory is left out.
 */
export async function copyRows(tables: readonly string[], from: RowReader, to: NamedTables): Promise<void> {
  await to.transaction().execute(async (transaction) => {
    for (const table of tables) {
      if (table === 'catalog_state') await transaction.deleteFrom(table).execute();
      for await (const rows of from(table)) {
        const kept = table === 'catalog_state' ? rows.map((row) => ({ ...row, catalog_id: null })) : rows;
        const width = Math.max(1, Object.keys(kept[0] ?? {}).length);
        const run = Math.max(1, Math.floor(valuesPerStatement / width));
        for (let at = 0; at < kept.length; at += run)
          await transaction
            .insertInto(table)
            .values(kept.slice(at, at + run))
            .execute();
      }
    }
  });
}
