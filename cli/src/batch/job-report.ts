import type { BatchJob } from '@foyer/sdk/generated/wire.ts';
import { bytesText, secondsText } from '../byte-progress.ts';
import { exitCodes } from '../exit-codes.ts';
import { groupedNumber } from '../text-table.ts';

/** Counters of what was refused; the lines stand in the reject file. */
const refusals = [
  'num_invalid_format',
  'num_invalid_user',
  'num_invalid_segment',
  'num_unauth_segment',
  'num_inactive_segment',
  'num_invalid_timestamp',
  'num_past_expiration',
  'num_other_error',
] as const satisfies readonly (keyof BatchJob)[];

const counters = [
  'num_lines',
  'num_valid_user',
  'num_valid',
  'num_added',
  'num_refreshed',
  'num_removed',
  'num_newer',
  ...refusals,
] as const satisfies readonly (keyof BatchJob)[];

export const hasEnded = ({ phase }: BatchJob): boolean => phase === 'completed' || phase === 'error';

const wasRefused = (job: BatchJob): boolean => refusals.some((counter) => job[counter] > 0);

/** What a command ends with that waited for the job. */
export function outcomeOf(job: BatchJob): number {
  if (job.phase === 'error') return exitCodes.jobFailed;
  return job.phase === 'completed' && wasRefused(job) ? exitCodes.partlyRefused : exitCodes.ok;
}

/** How a job got on, for people: what became of it, the counters that are not zero, and what can be done next. */
export function reportLines(job: BatchJob): string[] {
  const rows: [string, string][] = counters.flatMap((counter) => (job[counter] ? [[counter, groupedNumber(job[counter])]] : []));
  if (job.bytes !== null) rows.unshift(['bytes', groupedNumber(job.bytes)]);
  const rate = matchRate(job);
  if (rate !== undefined) rows.push(['match rate', rate]);
  const width = Math.max(...rows.map(([, text]) => text.length));
  return [headline(job), ...rows.map(([name, text]) => `  ${name.padEnd(20)}  ${text.padStart(width)}`), ...nextLines(job)];
}

/** How a job gets on, in a line: `processing 45%, 1,200,000 rows/s, 12 s left`. */
export function paceText({ phase, percent_complete: percent, rows_per_second: rows, seconds_left: left }: BatchJob): string {
  const rate = rows === null || rows === 0 ? '' : `, ${groupedNumber(rows)} rows/s`;
  return `${phase} ${percent}%${rate}${left === null ? '' : `, ${secondsText(left)} left`}`;
}

export const followLine = (jobId: string): string => `npx foyer batch status ${jobId} --follow`;

function headline(job: BatchJob): string {
  const { job_id: jobId, kind, phase, undo_of: undone } = job;
  if (phase === 'error') return `Job ${jobId} ended in error (${job.error_code ?? 'unknown'}): ${job.error ?? 'it does not say why'}`;
  if (phase === 'starting') return `Job ${jobId} waits for its file.`;
  if (phase === 'uploading') return `Job ${jobId} gets its file since ${job.start_time ?? job.created_on} (UTC).`;
  if (phase !== 'completed') return `Job ${jobId}: ${paceText(job)}`;
  if (job.validate_only) return `Job ${jobId} has completed. It was to validate only: nothing is changed.`;
  const what = kind === 'undo' ? `Job ${jobId} has taken back the job with id ${undone}` : `Job ${jobId} has completed`;
  return `${what} (${job.time_to_process} minutes).`;
}

/** Share of the lines of a right format whose user is valid (Batch Segment Service Best Practices). */
function matchRate({ num_valid_user: valid, num_invalid_user: invalid, kind }: BatchJob): string | undefined {
  const all = valid + invalid;
  return all === 0 || kind === 'undo' ? undefined : `${(Math.floor((1000 * valid) / all) / 10).toFixed(1)}%`;
}

function nextLines(job: BatchJob): string[] {
  const { job_id: jobId, kind, undo_until: until, undo_bytes: undoBytes } = job;
  if (!hasEnded(job)) return [`Follow it: ${followLine(jobId)}`];
  const lines: string[] = [];
  if (wasRefused(job) && kind !== 'undo') lines.push(`Refused lines, with the reasons: npx foyer batch rejects ${jobId} > rejects.tsv`);
  if (until !== null && undoBytes > 0) lines.push(`Until ${until} (UTC) it can be taken back: npx foyer batch undo ${jobId}`);
  return lines;
}

/** What is told of a file that has been handed over and is not waited for. */
export const handedOverLines = (job: BatchJob): string[] => [
  `Job ${job.job_id} has the file${job.bytes === null ? '' : ` (${bytesText(job.bytes)})`}.`,
  `Follow it: ${followLine(job.job_id)}`,
];
