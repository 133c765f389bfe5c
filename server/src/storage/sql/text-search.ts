import { type Kysely, PostgresAdapter, sql } from 'kysely';
import { fold } from '../../kit/fold.ts';
import type { CatalogReader } from './catalog-schema.ts';

/** The index holds pieces of so many characters: shorter texts are not found in it. */
const pieceLength = 3;
/** Pieces that are looked up, side by side: more of them cost more than they narrow. */
const mostPieces = 20;
/** Where more rows hold the text, looking through the rows in their order is no slower. */
const mostFound = 2_000;

/**
 * Ids of the segments that can hold the text in their id, code or name, from SQLite's index of texts: all that do, and maybe others.
 * Undefined where it cannot tell. PostgreSQL's own indexes serve `like` by themselves (postgres-text-index.ts).
 */
export async function segmentsWithText(db: CatalogReader, text: string): Promise<readonly number[] | undefined> {
  const characters = [...fold(text)];
  if (isPostgres(db) || characters.length < pieceLength || characters.includes('\0')) return undefined;
  const starts = characters.flatMap((_, at) => (at % pieceLength === 0 ? [Math.min(at, characters.length - pieceLength)] : []));
  const pieces = new Set(starts.slice(0, mostPieces).map((at) => characters.slice(at, at + pieceLength).join('')));
  const asked = [...pieces].map((piece) => `"${piece.replaceAll('"', '""')}"`);
  const found = sql<{ id: number }>`(
    select rowid as id from segment_text where segment_text match ${asked.join(' AND ')} limit ${mostFound + 1}
  )`;
  const rows = await db.selectFrom(found.as('found')).select('id').execute();
  return rows.length > mostFound ? undefined : rows.map(({ id }) => id);
}

/** Is this a catalog in PostgreSQL? */
export const isPostgres = (db: Pick<Kysely<unknown>, 'getExecutor'>): boolean => db.getExecutor().adapter instanceof PostgresAdapter;
