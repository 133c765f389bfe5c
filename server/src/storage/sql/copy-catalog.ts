import { type Dialect, Kysely, sql } from 'kysely';

/**
 * Writes all that is committed into a new file, over a connection of its own, so that neither reads nor changes wait. For SQLite.
 * The copy is whole when this resolves, and not synced yet.
 */
export async function copyCatalog(from: Dialect, file: string): Promise<void> {
  const database = new Kysely<unknown>({ dialect: from });
  try {
    await sql`vacuum into ${file}`.execute(database);
  } finally {
    await database.destroy();
  }
}
