/** What the first pass over a file found. */
export interface ScanResult {
  readonly format: 'text' | 'avro';
  readonly gzipped: boolean;
  /** Without blank ones; for Avro: records. */
  readonly lines: number;
  /** After unpacking. */
  readonly textBytes: number;
  /** Why the file cannot be read; null: it can, to its end. */
  readonly fault: string | null;
}

/** The first pass is over before the repeats are known: limits on lines are tested in between. */
export interface ScanOrder {
  /** The file as it was sent; it may still be growing. */
  readonly upload: string;
  /** Where hashes that have no room in memory go, and the repeats in the end. */
  readonly repeats: string;
  /** Unpacked, a file may be so long. */
  readonly textLimitBytes: number;
  /** Control characters that are separators. */
  readonly separators: readonly number[];
}
