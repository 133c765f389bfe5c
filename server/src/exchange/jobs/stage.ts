import { byServer, type CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { ShareJobTable } from '../../storage/sql/exchange-schema.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { addJobEvent, moveJob, type ShareJob } from '../store/share-job-store.ts';
import type { JobCheckpoint, JobPlan, PreparedJob } from './job-plan.ts';
import type { JobStatus } from './job-status.ts';

/** What a stage of a job works with. */
export interface Stage {
  readonly parts: ExchangeParts;
  /** As it was when the stage began. */
  readonly job: ShareJob;
  /** Aborted when the job is canceled or was moved, and when the server stops. */
  readonly signal: AbortSignal;
  /** 0 to 100. */
  readonly progress: (percent: number) => void;
}

export const planOf = (job: Pick<ShareJob, 'plan'>): JobPlan => JSON.parse(job.plan ?? 'null') as JobPlan;

/** Of a job beyond CREATED. */
export function preparedOf(job: ShareJob): PreparedJob {
  const { prepared } = planOf(job);
  if (!prepared) throw new Error(`job ${job.id} is ${job.status} and was never prepared`);
  return prepared;
}

export const checkpointOf = (job: Pick<ShareJob, 'checkpoint'>): JobCheckpoint => JSON.parse(job.checkpoint ?? '{}') as JobCheckpoint;

/** A change by the server itself. */
export const serverChange = <T>(
  { catalog }: Pick<ExchangeParts, 'catalog'>,
  operation: string,
  work: (change: CatalogChange) => Promise<T>,
) => catalog.change(byServer(operation), work);

/** The job is not where the stage found it: canceled, or ended. What does it is to look again. */
export class JobMoved extends Error {
  override readonly name = 'JobMoved';
}

/** Changes the job while it is where the stage found it. `also` is part of the same change. @throws JobMoved */
export async function moveOn(
  { parts, job }: Stage,
  to: Partial<Omit<ShareJobTable, 'id'>> & { readonly status?: JobStatus },
  also: (change: CatalogChange) => Promise<unknown> = async () => {},
  from: readonly JobStatus[] = [job.status],
): Promise<void> {
  await parts.running.told(job.id);
  await serverChange(parts, 'runShare', async (change) => {
    if (!(await moveJob(change.db, job.id, from, to, change.nowMs)))
      throw new JobMoved(`job ${job.id} is not ${from.join(' or ')} any more`);
    await also(change);
  });
  parts.running.followers.changed(job.id);
}

/** Tells followers of counts at most once a second. */
export function progressOf({
  parts,
  job,
}: Stage): (counts: Partial<Pick<ShareJobTable, 'rows_received' | 'rows_sent' | 'rows_rejected'>>) => void {
  let toldMs = parts.clock.nowMs();
  let writing: Promise<unknown> | null = null;
  return (counts) => {
    const nowMs = parts.clock.nowMs();
    if (writing !== null || nowMs - toldMs < 1000) return;
    toldMs = nowMs;
    writing = parts.catalog.read
      .transaction()
      .execute(async (db) => {
        if (await moveJob(db, job.id, [job.status], counts, nowMs)) await addJobEvent(db, job.id, nowMs);
      })
      .catch((error: unknown) => parts.log.warn({ err: error, job: job.id }, "a job's progress was not written"))
      .finally(() => {
        writing = null;
        parts.running.followers.changed(job.id);
      });
    parts.running.telling(job.id, writing);
  };
}

/** Delivered files are there and nobody else has to fetch them. */
export async function beginSending(stage: Stage): Promise<boolean> {
  await moveOn(stage, { status: 'SENDING_DATA' });
  return true;
}
