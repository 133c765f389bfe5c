import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import { NoAnswerError } from '@foyer/sdk/no-answer-error.ts';
import type { Call } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { pause } from '../pause.ts';
import { ProgressLine } from '../progress-line.ts';
import { groupedNumber } from '../text-table.ts';
import type { ExchangeClient } from './exchange-client.ts';

const pollIntervalMs = 1000;
/** For so long a server that does not answer is asked again. */
const patienceMs = 120_000;

/** A job as people see it (exchange-sharing.md section 6). */
export interface ShareJob {
  readonly jobId: number;
  readonly shareName: string | null;
  readonly state: 'Pending' | 'Running' | 'Complete' | 'Canceled' | 'Failed';
  readonly status: string;
  readonly rowsReceived: number;
  readonly rowsSent: number;
  readonly rowsRejected: number;
  readonly rowsUnknown: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly warnings: readonly string[];
}

/** Waits until a job has ended and shows how it gets on. Ctrl-C leaves the job alone. */
export async function waitForShareJob(call: Call, exchange: ExchangeClient, jobId: number): Promise<ShareJob> {
  const line = new ProgressLine(call.surroundings.stderr, performance.now());
  const stop = new AbortController();
  const text = `stopped waiting: the job goes on; "foyer share history" shows it`;
  const stopListening = call.surroundings.onStop(() => stop.abort(new CommandFailure(text, exitCodes.stopped)));
  try {
    for (let answeredMs = performance.now(); ; await pause(pollIntervalMs, stop.signal)) {
      try {
        const job = await exchange.json<ShareJob>('GET', `/v1/share-jobs/${jobId}`, { signal: stop.signal });
        answeredMs = performance.now();
        if (hasEnded(job)) return job;
        line.update(null, () => paceText(job), performance.now());
      } catch (error) {
        const passes = error instanceof NoAnswerError || (error instanceof FoyerError && error.status >= 500);
        if (!passes || performance.now() - answeredMs > patienceMs) throw error;
      }
    }
  } finally {
    line.finish();
    stopListening();
  }
}

const hasEnded = ({ state }: ShareJob): boolean => state !== 'Pending' && state !== 'Running';

const paceText = ({ jobId, state, status, rowsReceived, rowsSent }: ShareJob): string =>
  `job ${jobId}: ${state} (${status}), ${groupedNumber(rowsReceived)} rows received, ${groupedNumber(rowsSent)} sent`;

/** Prints what became of a job. Answers the exit code. */
export function reportShareJob(call: Call, job: ShareJob): number {
  if (call.json) call.printJson(job);
  else {
    const why = job.error === null ? '' : `: ${job.error.message} (${job.error.code})`;
    call.print(`Job ${job.jobId} is ${job.state}${why}.`);
    const counts = [
      ['rows received', job.rowsReceived],
      ['rows sent', job.rowsSent],
      ['rows rejected', job.rowsRejected],
      ['rows of unknown users', job.rowsUnknown],
    ] as const;
    for (const [name, count] of counts) if (count > 0 || name === 'rows sent') call.print(`  ${name.padEnd(21)}  ${groupedNumber(count)}`);
    for (const warning of job.warnings) call.print(`  warning: ${warning}`);
    if (job.rowsRejected > 0) call.print(`Read what was rejected: npx foyer curl /v1/share-jobs/${job.jobId}/rejects`);
  }
  if (job.state !== 'Complete') return exitCodes.jobFailed;
  return job.rowsRejected > 0 ? exitCodes.partlyRefused : exitCodes.ok;
}
