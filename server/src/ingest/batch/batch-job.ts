import { randomBytes } from 'node:crypto';
import type { BatchSegmentJobTable } from '../../storage/sql/catalog-schema.ts';

/** Where a job is (Batch Segment Service; ingest.md section 4.3). */
export const batchPhases = ['starting', 'uploading', 'validating', 'processing', 'completed', 'error'] as const;
export type BatchPhase = (typeof batchPhases)[number];

/** In which phase a job that is in `error` failed. */
export const batchErrorCodes = ['uploading-error', 'validating-error', 'processing-error'] as const;
export type BatchErrorCode = (typeof batchErrorCodes)[number];

/** An upload that a client makes, a file from a drop folder, or a job that takes another one back. */
export type BatchJobKind = 'upload' | 'drop' | 'undo';

/** What is counted of a file (ingest.md section 4.5); the last four are ours: what became of accepted pairs. */
export const batchCounters = [
  'num_valid',
  'num_valid_user',
  'num_invalid_user',
  'num_invalid_format',
  'num_invalid_segment',
  'num_unauth_segment',
  'num_inactive_segment',
  'num_invalid_timestamp',
  'num_past_expiration',
  'num_other_error',
  'num_added',
  'num_refreshed',
  'num_removed',
  'num_newer',
] as const;
export type BatchCounter = (typeof batchCounters)[number];
export type BatchCounts = Record<BatchCounter, number>;

export const noCounts = (): BatchCounts => Object.fromEntries(batchCounters.map((counter) => [counter, 0])) as BatchCounts;

export type BatchJob = BatchSegmentJobTable;

/** Alphanumeric, and in no order that tells how many there are. */
export const newJobId = (): string => randomBytes(16).toString('hex');

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** An upload URL can be used for so long (Batch Segment Service). */
export const urlLifeMs = 5 * minuteMs;
/** How long an upload may take. */
export const longestUploadMs = 90 * minuteMs;
/** A connection that died without a word must not hold a member's only upload for that long. */
export const longestSilenceMs = 2 * minuteMs;
/** Jobs of one member that may be under way at once; one more is refused. */
export const mostWaitingJobs = 200;
/** Lists go so far back. */
export const listedMs = 30 * dayMs;
/** Uploaded files are kept so long (Batch Segment Service Best Practices). */
export const fileLifeMs = 3 * dayMs;

/** Is the job's URL one that nobody used in time? Then it is as good as failed, whether or not that has been written down. */
export const isLate = (job: Pick<BatchJob, 'phase' | 'created_on'>, nowMs: number): boolean =>
  job.phase === 'starting' && nowMs >= job.created_on + urlLifeMs;

export const hasEnded = ({ phase }: Pick<BatchJob, 'phase'>): boolean => phase === 'completed' || phase === 'error';

/** Minutes from the end of the upload to the end of the job, with two decimals; "0.00" before that. */
export function timeToProcess({ uploaded_time: from, completed_time: to }: Pick<BatchJob, 'uploaded_time' | 'completed_time'>): string {
  return from === null || to === null ? '0.00' : (Math.max(0, to - from) / minuteMs).toFixed(2);
}

/** Why a job ended without success: the code of its phase, and a sentence for people. */
export interface BatchFailure {
  readonly code: BatchErrorCode;
  readonly text: string;
}

/** What a job in `error` looks like in the catalog. */
export const failed = ({ code, text }: BatchFailure) => ({ phase: 'error', error_code: code, error: text });

export const lateUpload: BatchFailure = { code: 'uploading-error', text: 'nothing was uploaded within 5 minutes; ask for another URL' };
export const supersededUpload: BatchFailure = { code: 'uploading-error', text: 'a newer job was asked for before this one was used' };
export const cutOffUpload: BatchFailure = {
  code: 'uploading-error',
  text: 'the upload ended before the file did; ask for another URL and send it again',
};
export const canceledJob: BatchFailure = { code: 'processing-error', text: 'canceled; what was written before stays, and can be undone' };
