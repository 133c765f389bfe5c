import type { TaskControl, TaskHandler } from '../../background/background-task.ts';
import { Refusal } from '../../kit/refusal.ts';
import { CsvFault } from '../csv/csv-fault.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { PeerFault } from '../peer/peer-faults.ts';
import { ProfileStageEnded } from '../../profiles/profile-store.ts';
import { readJob } from '../store/share-job-store.ts';
import { clearJob } from './clear-job.ts';
import { collectBuiltIn } from './collect-built-in.ts';
import { collectFromPeer } from './collect-from-peer.ts';
import { deliverToBuiltIn } from './deliver-to-built-in.ts';
import { deliverToPeer } from './deliver-to-peer.ts';
import { endJob } from './end-job.ts';
import { damagedFault, isDamage, cannotWrite, JobFault } from './job-fault.ts';
import { hasEnded } from './job-status.ts';
import { prepareJob } from './prepare-job.ts';
import { refreshJob } from './refresh-job.ts';
import { beginSending, checkpointOf, JobMoved, preparedOf, serverChange, type Stage } from './stage.ts';
import { transformJob } from './transform-job.ts';

/** Faults of ours that one job may meet in the life of a process. */
const mostFailures = 5;
/** A job that is begun so often ends servers: each of them died before it did. */
const mostBeginnings = 150;

/** Does jobs of the exchange, from the status in which it finds them (task `run-share`). Ends where somebody else has to do something first. */
export function runShare(parts: ExchangeParts): TaskHandler {
  const failures = new Map<number, number>();
  return {
    // A server that is killed has not failed: how often that may happen is no reason to leave a job where it stands.
    mostAttempts: Number.POSITIVE_INFINITY,
    async run(task, control) {
      const id = task.subjectId;
      if (id === null) return;
      const signal = parts.running.begin(id, control.signal);
      try {
        if (task.attempts > mostBeginnings) throw new JobFault('INTERNAL', internalFault.message);
        await goOn(parts, id, signal, control);
      } catch (error) {
        if (control.signal.aborted) throw error;
        // Somebody moved the job meanwhile, and whoever did looks after it.
        if (!signal.aborted && !(error instanceof JobMoved)) {
          failures.set(id, (failures.get(id) ?? 0) + 1);
          await failOrRepeat(parts, id, error, failures.get(id) === mostFailures);
        }
      } finally {
        parts.running.end(id);
        await clearEnded(parts, id);
        parts.running.followers.changed(id);
      }
      failures.delete(id);
    },
  };
}

/** Nothing works on the job any more: if it has ended, its leavings go. Also where an earlier run was killed between the two. */
async function clearEnded(parts: ExchangeParts, id: number): Promise<void> {
  const job = await readJob(parts.catalog.read, id);
  if (job && hasEnded(job.status)) await clearJob(parts, job);
}

async function goOn(parts: ExchangeParts, id: number, signal: AbortSignal, control: TaskControl): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const job = await readJob(parts.catalog.read, id);
    if (!job || hasEnded(job.status)) return;
    const stage: Stage = { parts, job, signal, progress: (percent) => control.progress(percent) };
    if (!(await step(stage))) return;
    parts.running.followers.changed(id);
  }
}

/** One stage of a job. False: it waits for somebody else, or has ended. */
async function step(stage: Stage): Promise<boolean> {
  const { job } = stage;
  if (job.category === 'SEGMENT_POPULATE_DB') return refreshJob(stage);
  if (job.status === 'CREATED') return prepareJob(stage);
  const { sourceType, destinationType } = preparedOf(job);
  switch (job.status) {
    case 'WAITING_TO_RECIEVE_DATA':
    case 'RECEIVING_DATA':
      if (checkpointOf(job).collected === true) return transformJob(stage);
      if (sourceType === 'push') return false;
      return sourceType === 'pull' ? collectFromPeer(stage) : collectBuiltIn(stage);
    case 'READY_FOR_DOWNLOAD':
      return destinationType === 'pull' ? false : beginSending(stage);
    default:
      if (destinationType === 'pull') return false;
      return destinationType === 'push' ? deliverToPeer(stage) : deliverToBuiltIn(stage);
  }
}

/** What is nobody's fault but ours is tried again, and fails the job in the end. */
async function failOrRepeat(parts: ExchangeParts, id: number, error: unknown, isLast: boolean): Promise<void> {
  const fault = faultOf(error);
  if (!fault && !isLast) throw error;
  const job = await readJob(parts.catalog.read, id);
  if (!job) return;
  const { code, message, details } = fault ?? (cannotWrite(error) ? fullFault : internalFault);
  await serverChange(parts, 'runShare', (change) => endJob(change, job, { status: 'FAILED', code, message, details }));
  if (!fault) parts.log.error({ err: error, job: id }, 'a job of the exchange failed for a reason of ours');
}

const internalFault = new JobFault(
  'INTERNAL',
  'Something went wrong on our side, several times; the operator finds it in the log. The share can be run again.',
);

const replacedFault = new JobFault(
  'BAD_STATE',
  'The segment was deleted, or another run began to replace it, before this one was done. Its audience is not the one that was sent here.',
);

const fullFault = new JobFault(
  'UNAVAILABLE',
  'This server has no room left on its disk, or cannot write to it. The share can be run again when the operator has made room.',
);

function faultOf(error: unknown): JobFault | undefined {
  if (error instanceof JobFault) return error;
  if (error instanceof ProfileStageEnded) return replacedFault;
  if (isDamage(error)) return new JobFault(damagedFault.code, damagedFault.message, error.message, { cause: error });
  if (error instanceof PeerFault) return new JobFault(error.code, error.message, JSON.stringify(error.details), { cause: error });
  // A limit of the member's, such as its segments.
  if (error instanceof Refusal && error.kind.status < 500) return new JobFault(error.kind.errorId, error.message, null, { cause: error });
  if (!(error instanceof CsvFault)) return undefined;
  const details = error.details.length === 0 ? null : JSON.stringify(error.details);
  return new JobFault(error.code, `The source's data cannot be taken: ${error.message}`, details, { cause: error });
}
