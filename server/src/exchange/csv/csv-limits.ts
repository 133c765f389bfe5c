/** Limits of a file (exchange.md section 2.7). */
export interface CsvLimits {
  /** Bytes on the wire, before they are inflated. */
  readonly wireBytes: number;
  /** Bytes of text. */
  readonly textBytes: number;
  /** Data rows: what is left of the job's. */
  readonly rows: number;
  readonly columns: number;
  /** Bytes of one cell's content. */
  readonly cellBytes: number;
}

/** What a job's first file may be. */
export const exchangeLimits: CsvLimits = {
  wireBytes: 100 * 2 ** 20,
  textBytes: 2 ** 30,
  rows: 50_000_000,
  columns: 500,
  cellBytes: 32 * 2 ** 10,
};

/** Files that a job may have. */
export const mostFiles = 200;
