/** What a SQLite thread opens. */
export interface SqlitePlace {
  readonly file: string;
  readonly durability: 'fsync' | 'os';
}

/** What a SQLite thread is asked: one statement. */
export interface SqliteRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export type SqliteReply =
  | { readonly id: number; readonly rows: readonly object[]; readonly changes: number }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string } };
