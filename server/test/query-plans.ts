/** Which indexes the statements of a call are answered from, by the database's own word. */
import { CompiledQuery, createQueryId, type RootOperationNode } from 'kysely';
import type { CatalogReader } from '../src/storage/sql/catalog-schema.ts';
import { isPostgres } from '../src/storage/sql/text-search.ts';

/** How the statements read one table. */
export interface TablePlan {
  /** By name, in the order of their use; `primary key` for that. */
  readonly indexes: readonly string[];
  /** Is it read from end to end somewhere, without an index? */
  readonly readsAll: boolean;
  /** The database's own lines. */
  readonly lines: readonly string[];
}

/** Runs `work`, then asks the database how it reads `table` for each statement of it. */
export async function planOf(db: CatalogReader, table: string, work: (db: CatalogReader) => Promise<unknown>): Promise<TablePlan> {
  const built = new WeakMap<object, RootOperationNode>();
  const nodes: RootOperationNode[] = [];
  const watching = db.withPlugin({
    // Parts of other statements come by here too; only those that are run have a result.
    transformQuery({ queryId, node }) {
      built.set(queryId, node);
      return node;
    },
    async transformResult({ queryId, result }) {
      const node = built.get(queryId);
      if (node) nodes.push(node);
      return result;
    },
  });
  await work(watching);
  const explain = isPostgres(db) ? 'explain' : 'explain query plan';
  const lines: string[] = [];
  for (const node of nodes) {
    const { sql, parameters } = db.getExecutor().compileQuery(node, createQueryId());
    const { rows } = await db.executeQuery<Record<string, string>>(CompiledQuery.raw(`${explain} ${sql}`, [...parameters]));
    lines.push(...rows.map((row) => row['detail'] ?? row['QUERY PLAN'] ?? ''));
  }
  return isPostgres(db) ? postgresPlan(table, lines) : sqlitePlan(table, lines);
}

/** `SEARCH segment USING COVERING INDEX segment_by_member (member_id=?)`; a scan without an index reads the table. */
function sqlitePlan(table: string, lines: readonly string[]): TablePlan {
  const reads = lines
    .map((line) => /^(?:SEARCH|SCAN) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(line))
    .filter((read) => read?.[1] === table);
  const indexes = reads.flatMap((read) => (read?.[2] === undefined ? [] : [read[2].startsWith('sqlite_') ? 'primary key' : read[2]]));
  return { indexes: [...new Set(indexes)], readsAll: reads.some((read) => read?.[2] === undefined), lines };
}

/** `Index Only Scan using segment_by_member on segment`, `Bitmap Index Scan on segment_by_member`, `Seq Scan on segment`. */
function postgresPlan(table: string, lines: readonly string[]): TablePlan {
  const indexes = lines.flatMap((line) => {
    const [, byIndex, bitmap] = new RegExp(`(?:using (\\w+) on ${table}\\b|Bitmap Index Scan on (${table}_\\w+))`).exec(line) ?? [];
    const name = byIndex ?? bitmap;
    return name === undefined ? [] : [name === `${table}_pkey` ? 'primary key' : name];
  });
  return { indexes: [...new Set(indexes)], readsAll: lines.some((line) => new RegExp(`Seq Scan on ${table}\\b`).test(line)), lines };
}
