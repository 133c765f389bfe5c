import type { SourceColumn } from '../csv/transform-plan.ts';
import type { ResolvedMapping } from '../shares/mapping.ts';
import type { Share } from '../shares/share.ts';

/** What a job does, fixed when it begins: the share as it was, and, once the job is prepared, what the mapping meant then. */
export interface JobPlan {
  readonly share: Share;
  readonly prepared: PreparedJob | null;
}

export interface PreparedJob {
  readonly mapping: ResolvedMapping;
  /** What the audience offers: headers of its files name these. */
  readonly columns: readonly SourceColumn[];
  /** The owner writes the audience's id as a number. */
  readonly segmentIdIsNumber: boolean;
  readonly sourceType: 'push' | 'pull' | 'internal';
  readonly destinationType: 'push' | 'pull' | 'internal';
  /** Names as they were, for people. */
  readonly segmentName: string;
  /** `expires_at` of delivered rows is held against it. Part of the plan, so that a run begun anew does the same. */
  readonly nowMs: number;
}

/** Where the stage that runs goes on after a restart. */
export interface JobCheckpoint {
  /** The source's last file has come. */
  readonly collected?: true;
  /** The endpoint's own job that makes the data. */
  readonly peerJobId?: string;
  /** Delivered files have been made. */
  readonly transformed?: true;
  /** How many delivered files the destination has taken, and its job for the last one, which is still asked for. */
  readonly sent?: number;
  readonly deliveryJobId?: string;
  /** The staged replacement of a segment of the built-in endpoint; `applied`: all rows are in it. */
  readonly stage?: number;
  readonly applied?: true;
}
