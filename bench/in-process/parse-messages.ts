import type { BatchFileKind } from '../data/batch-file.ts';

/** What the measurement of the batch parser is asked, and what it answers (parse-program.ts). */
export interface ParseQuestion {
  readonly kind: BatchFileKind;
  /** Of the file, which is made at the first question for its kind. */
  readonly lines: number;
  /** The file is parsed again until so much time is over. */
  readonly seconds: number;
}

export interface ParseRun {
  readonly memberships: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Processor time of the process, in seconds. */
  readonly cpu: number;
}

export type ParseAnswer = { readonly is: 'ran'; readonly run: ParseRun } | { readonly is: 'failed'; readonly reason: string };
