import type { StatementLane } from './one-writer-driver.ts';
import { PostgresError } from './postgres-connection.ts';

/** What lists of segments look for texts in, and how their queries write it. */
const searched = { id: '(id::text)', code: 'code_folded', short_name: 'short_name_folded' } as const;

/**
 * Makes the indexes of pieces of three characters by which PostgreSQL finds texts, where they are missing. They need its extension
 * pg_trgm, which comes with most packages of it but not with all; whoever owns the database may create it.
 * @returns why they cannot be had: texts are then looked for in every row
 */
export async function makeTextIndexes(writer: StatementLane): Promise<string | undefined> {
  const indexes = Object.entries(searched).map(([name, text]) => ({ name: `segment_text_${name}`, text }));
  const known = await writer.run(
    "select indexname as name from pg_indexes where schemaname = current_schema and tablename = 'segment'",
    [],
  );
  const names = new Set(known.rows.map((row) => (row as { name: string }).name));
  const missing = indexes.filter(({ name }) => !names.has(name));
  if (missing.length === 0) return undefined;
  try {
    await writer.run('create extension if not exists pg_trgm', []);
    // A short list of pending entries: each search reads it from end to end, and without one every change costs more.
    for (const { name, text } of missing)
      await writer.run(`create index ${name} on segment using gin (${text} gin_trgm_ops) with (gin_pending_list_limit = 256)`, []);
    await writer.run('analyze segment', []);
    return undefined;
  } catch (error) {
    if (error instanceof PostgresError) return error.message;
    throw error;
  }
}
