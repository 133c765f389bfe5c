/** What the measurement of the exchange's CSV is asked, and what it answers (exchange-csv-program.ts). */
export interface ExchangeCsvQuestion {
  readonly rows: number;
  /** For a job's files; made and removed. */
  readonly folder: string;
}

export interface ExchangeCsvRun {
  readonly rows: number;
  /** Rows that were delivered. */
  readonly sent: number;
  readonly checkSeconds: number;
  readonly transformSeconds: number;
  /** Processor time of the process, all its threads, in seconds. */
  readonly checkCpu: number;
  readonly transformCpu: number;
  /** The most resident memory, above that before the job. */
  readonly peakBytes: number;
}

export type ExchangeCsvAnswer = { readonly is: 'ran'; readonly run: ExchangeCsvRun } | { readonly is: 'failed'; readonly reason: string };
