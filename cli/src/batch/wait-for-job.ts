import type { CallOptions, FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import type { BatchJob } from '@foyer/sdk/generated/wire.ts';
import { NoAnswerError } from '@foyer/sdk/no-answer-error.ts';
import type { Call } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { pause } from '../pause.ts';
import { ProgressLine } from '../progress-line.ts';
import { followLine, hasEnded, paceText } from './job-report.ts';

const pollIntervalMs = 2000;
/** For so long a server that does not answer is asked again: a restart must not end a wait for hours. */
const patienceMs = 120_000;

export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly onJob: (job: BatchJob) => void;
  /** What is waited for. */
  readonly until: (job: BatchJob) => boolean;
}

/** The server cannot be asked now, but may be soon. */
export const isPassing = (error: unknown): boolean =>
  error instanceof NoAnswerError || (error instanceof FoyerError && error.status >= 500);

/** The job as it is now. */
export async function readJob(client: FoyerClient, jobId: string, options: CallOptions = {}): Promise<BatchJob> {
  const { batch_segment_upload_job: jobs } = await client.listBatchJobs({ job_id: jobId }, options);
  const [job] = jobs;
  if (job === undefined) throw new CommandFailure(`the server knows no job ${jobId}`);
  return job;
}

/**
 * The job when what is waited for has come. It is followed by server-sent events; where they cannot be had or break off, as behind a
 * proxy that keeps them back, it is asked for every two seconds. Throws the signal's reason, and NoAnswerError where the server does
 * not come back within two minutes.
 */
export async function waitForJob(client: FoyerClient, jobId: string, { signal, onJob, until }: WaitOptions): Promise<BatchJob> {
  try {
    for await (const job of client.followBatchJob({ job_id: jobId }, { signal })) {
      onJob(job);
      if (until(job)) return job;
    }
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
  for (let answeredMs = performance.now(); ;) {
    try {
      const job = await readJob(client, jobId, { signal });
      answeredMs = performance.now();
      onJob(job);
      if (until(job)) return job;
    } catch (error) {
      if (!isPassing(error) || performance.now() - answeredMs > patienceMs) throw error;
    }
    await pause(pollIntervalMs, signal);
  }
}

/** Waits until a job has ended and shows how it gets on. A stop from outside, and a server that is gone, leave the job alone and say so. */
export async function waitForEnd(call: Call, client: FoyerClient, jobId: string): Promise<BatchJob> {
  // Shown at once: a job that waits may have nothing new to tell for long.
  const line = new ProgressLine(call.surroundings.stderr, Number.NEGATIVE_INFINITY);
  const stop = new AbortController();
  const goesOn = `the job goes on; follow it with ${followLine(jobId)}`;
  const stopListening = call.surroundings.onStop(() => stop.abort(new CommandFailure(`stopped waiting: ${goesOn}`, exitCodes.stopped)));
  const onJob = (job: BatchJob): void => line.update(job.percent_complete / 100, () => paceText(job), performance.now());
  try {
    return await waitForJob(client, jobId, { signal: stop.signal, onJob, until: hasEnded });
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new CommandFailure(`${error.message}\n       Once there, ${goesOn}`, exitCodes.notReachable, { cause: error });
  } finally {
    line.finish();
    stopListening();
  }
}
