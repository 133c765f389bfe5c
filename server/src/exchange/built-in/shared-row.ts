/** A delivered row for the built-in endpoint, with where it came from. */
export interface SharedRow {
  readonly identifier: string;
  /** In the order of the mapping; null: an empty cell. */
  readonly attributes: readonly (string | null)[];
  /** Where its record starts, as reject files say it. */
  readonly line: string;
  /** The record as received. */
  readonly row: string;
}

/** A row that was not taken. LIMIT: there was no room for it. */
export interface RefusedRow {
  readonly row: SharedRow;
  readonly code: 'UNKNOWN_IDENTIFIER' | 'LIMIT';
  readonly message: string;
}
