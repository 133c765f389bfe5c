import type { ListFields } from '../../kit/list-query.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import { batchCounters, type BatchJob, failed, isLate, lateUpload, timeToProcess } from './batch-job.ts';

const column = (name: string) => `batch_segment_job.${name}`;

/** Fields of a job that lists filter and sort by, and `GET /batch-segment/meta` names (ingest.md section 4.6). */
export const batchJobFields: ListFields = {
  id: { type: 'int', column: column('id'), search: true },
  job_id: { type: 'string', column: column('job_id'), search: true },
  member_id: { type: 'int', column: column('member_id') },
  kind: { type: 'enum', column: column('kind') },
  phase: { type: 'enum', column: column('phase') },
  error_code: { type: 'enum', column: column('error_code') },
  error: { type: 'string', column: column('error') },
  start_time: { type: 'timestamp', column: column('start_time') },
  uploaded_time: { type: 'timestamp', column: column('uploaded_time') },
  validated_time: { type: 'timestamp', column: column('validated_time') },
  completed_time: { type: 'timestamp', column: column('completed_time') },
  time_to_process: { type: 'string' },
  percent_complete: { type: 'int', column: column('percent_complete') },
  rows_per_second: { type: 'int' },
  seconds_left: { type: 'int' },
  ...Object.fromEntries(batchCounters.map((counter) => [counter, { type: 'int', column: column(counter) }] as const)),
  num_lines: { type: 'int', column: column('num_lines') },
  bytes: { type: 'int', column: column('bytes') },
  error_log_lines: { type: 'string' },
  segment_log_lines: { type: 'string' },
  validate_only: { type: 'bool', column: column('validate_only') },
  file_name: { type: 'string', column: column('file_name') },
  undo_of: { type: 'int', column: column('undo_of') },
  undo_until: { type: 'timestamp', column: column('undo_until') },
  undo_bytes: { type: 'int', column: column('undo_bytes') },
  created_on: { type: 'timestamp', column: column('created_on') },
  last_modified: { type: 'timestamp', column: column('last_modified') },
};

/** How a job that runs now gets on. */
export interface BatchPace {
  readonly rowsPerSecond: number;
  readonly secondsLeft: number | null;
}

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : formatTimestamp(ms));

/** A job as it is shown; every key is always there. @param pace of one that runs now */
export function batchJobOnWire(job: BatchJob, nowMs: number, pace: BatchPace | undefined) {
  const shown = isLate(job, nowMs) ? { ...job, ...failed(lateUpload) } : job;
  return {
    id: job.id,
    job_id: job.job_id,
    member_id: job.member_id,
    kind: job.kind,
    phase: shown.phase,
    error_code: shown.error_code,
    error: shown.error,
    start_time: timeOrNull(job.start_time),
    uploaded_time: timeOrNull(job.uploaded_time),
    validated_time: timeOrNull(job.validated_time),
    completed_time: timeOrNull(job.completed_time),
    time_to_process: timeToProcess(job),
    percent_complete: job.percent_complete,
    rows_per_second: pace?.rowsPerSecond ?? null,
    seconds_left: pace?.secondsLeft ?? null,
    ...Object.fromEntries(batchCounters.map((counter) => [counter, job[counter]])),
    num_lines: job.num_lines,
    bytes: job.bytes,
    error_log_lines: job.error_log_lines,
    segment_log_lines: job.segment_log_lines,
    validate_only: job.validate_only === 1,
    file_name: job.file_name,
    undo_of: job.undo_of,
    undo_until: timeOrNull(job.undo_until),
    undo_bytes: job.undo_bytes,
    created_on: formatTimestamp(job.created_on),
    last_modified: formatTimestamp(job.last_modified),
  };
}
