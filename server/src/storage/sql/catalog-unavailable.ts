/** The database could not write or read its files (disk full, failed write); the change was not made. The SQL is kept out of it. */
export class CatalogUnavailable extends Error {
  override readonly name = 'CatalogUnavailable';
}
