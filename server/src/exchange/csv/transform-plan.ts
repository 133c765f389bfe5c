/** How a side's identifiers are hashed (exchange.md sections 2.3 and 3 rule 12). */
export type HashAlgorithm = 'NONE' | 'MD5' | 'SHA1' | 'SHA256' | 'EMAIL_SHA256' | 'PHONE_SHA256';
export type ShareAction = 'ADD' | 'REPLACE' | 'REMOVE';

export interface NamedColumn {
  readonly name: string;
  /** An identifier's type, or an attribute's: string, number, boolean, date, datetime; any other one is taken for string. */
  readonly type: string;
}

export interface SourceColumn extends NamedColumn {
  readonly isIdentifier: boolean;
}

export interface AttributeMapping {
  readonly source: NamedColumn;
  readonly destination: NamedColumn & { readonly isRequired: boolean };
}

/** A file that `checkUpload` took. */
export interface SourceFile {
  readonly path: string;
  /** How reject files name it. */
  readonly name: string;
}

/** What the built-in endpoint asks of rows beyond other destinations (exchange-sharing.md section 4). */
export interface BuiltInRules {
  /** Now: `expires_at` must lie behind it. Part of the plan, so that a run begun anew rejects the same rows. */
  readonly nowMs: number;
}

/**
 * All that the delivered files of a job depend on: the same plan over the same text gives the same bytes. It can be posted to a thread.
 */
export interface TransformPlan {
  /** In the order in which they came: of equal identifiers the last one's row wins. */
  readonly files: readonly SourceFile[];
  /** What the source declares; the files' headers name these. */
  readonly columns: readonly SourceColumn[];
  readonly sourceIdentifiers: readonly NamedColumn[];
  readonly destinationIdentifier: NamedColumn;
  /** In the order of the share's `attributeMappings`; REMOVE ignores them. */
  readonly attributes: readonly AttributeMapping[];
  readonly sourceHashAlgorithm: HashAlgorithm;
  readonly destinationHashAlgorithm: HashAlgorithm;
  readonly shareAction: ShareAction;
  /** Null: any other destination. */
  readonly builtIn: BuiltInRules | null;
  /**
   * Puts two columns behind the others of each delivered row: `line`, where its record starts, and `row`, the record as received.
   * For a destination that finds out later what it cannot take, and then writes rejects (`RejectWriter`).
   */
  readonly keepOrigins: boolean;
  /** Delivered files are split at rows before they get larger; REPLACE is one file all the same. */
  readonly mostFileBytes: number;
  readonly key: Uint8Array;
  /** A folder for delivered files alone, made anew by each run: `NAME_1.csv`, `NAME_2.csv`, … */
  readonly folder: string;
  readonly name: string;
  /** The reject file; not in `folder`. */
  readonly rejectsPath: string;
  /** A folder that is made for partitions, emptied first, and removed in the end. */
  readonly workFolder: string;
  /** Bytes of rows that are in memory at once; beyond them rows go to partitions on disk. */
  readonly memoryBytes: number;
}

/** What a run usually has; in all it takes some 200 MB (docs/decisions/0038). */
export const usualMemoryBytes = 32 * 2 ** 20;

/** A file to be handed out or sent. */
export interface DeliveredFile {
  readonly path: string;
  readonly name: string;
  readonly rows: number;
  /** Of the text. */
  readonly bytes: number;
  /** SHA-256 of the text, in hex. */
  readonly digest: string;
}

/** Always `rowsReceived - rowsRejected + rowsAdded = rowsSent + rowsMerged`. */
export interface RowCounts {
  /** Data rows in the source's files. */
  rowsReceived: number;
  rowsRejected: number;
  /** Rows that a second, third, … identifier of a source row made. */
  rowsAdded: number;
  /** Rows that a later one with the same destination identifier took the place of. */
  rowsMerged: number;
  /** Rows in the delivered files. */
  rowsSent: number;
}

export interface TransformResult extends RowCounts {
  /** At least one; without rows it has a header. */
  readonly files: readonly DeliveredFile[];
  /** Null where no row was rejected: then there is no reject file. */
  readonly rejectsPath: string | null;
}

/** More than 5 % and more than 100 (exchange.md section 3 rule 8): the job fails. */
export const tooManyRejects = ({ rowsReceived, rowsRejected }: Pick<RowCounts, 'rowsReceived' | 'rowsRejected'>): boolean =>
  rowsRejected > 100 && rowsRejected * 20 > rowsReceived;
