import { exitCodes, StartRefused } from '../../kit/start-refused.ts';
import { CatalogUnavailable } from './catalog-unavailable.ts';
import { CatalogOwned, PostgresWriter, type WriterOptions } from './postgres-writer.ts';

/** The connection that changes the catalog. @throws StartRefused where the catalog has another owner or the database cannot be used */
export async function openWriter(options: WriterOptions): Promise<PostgresWriter> {
  try {
    return await PostgresWriter.open(options);
  } catch (error) {
    throw startFailure(error);
  }
}

/** What stands in the way of a start, in words for the operator; a bug as it is. */
export function startFailure(error: unknown): unknown {
  if (error instanceof CatalogOwned)
    return new StartRefused(
      exitCodes.inUse,
      'the catalog in the database of FOYER_DATABASE_URL is in use by another server; stop that one or set FOYER_DATABASE_URL to another database',
      error,
    );
  const fault = error instanceof Error && error.cause instanceof CatalogUnavailable ? error.cause : error;
  if (fault instanceof CatalogUnavailable)
    return new StartRefused(
      exitCodes.databaseUnavailable,
      `the database of FOYER_DATABASE_URL cannot be used: ${fault.message}; start it, or mend the setting`,
      error,
    );
  return error;
}
