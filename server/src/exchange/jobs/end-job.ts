import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import { noteJobEnd } from '../shares/note-job-end.ts';
import { type JobStatus, jobStatuses, hasEnded } from './job-status.ts';
import { moveJob, type ShareJob } from '../store/share-job-store.ts';

const dayMs = 24 * 3600_000;
/** Files of a job that has ended stay so long (exchange.md sections 2.7 and 6). */
export const filesKeptMs = 7 * dayMs;

export const openStatuses: readonly JobStatus[] = jobStatuses.filter((status) => !hasEnded(status));

export type JobEnd =
  | { readonly status: 'COMPLETE'; readonly subStatus?: string | null }
  | { readonly status: 'CANCELED' }
  | {
      readonly status: 'FAILED';
      readonly code: string;
      /** For a marketer. */
      readonly message: string;
      /** For an engineer. */
      readonly details: string | null;
      readonly subStatus?: string | null;
    };

/**
 * Ends a job that is in one of the statuses (default: any that is not final), with all that follows: its share's failures are counted.
 * False where it is in none of them.
 */
export async function endJob(
  change: CatalogChange,
  job: ShareJob,
  end: JobEnd,
  from: readonly JobStatus[] = openStatuses,
): Promise<boolean> {
  const failure = end.status === 'FAILED' ? end : undefined;
  const moved = await moveJob(
    change.db,
    job.id,
    from,
    {
      status: end.status,
      sub_status: ('subStatus' in end ? end.subStatus : undefined) ?? null,
      error_code: failure?.code ?? null,
      error: failure?.message ?? null,
      error_details: failure?.details ?? null,
      completed_on: change.nowMs,
      waits_until: null,
      files_until: change.nowMs + filesKeptMs,
    },
    change.nowMs,
  );
  if (!moved) return false;
  change.record({
    objectType: 'share_job',
    objectId: job.id,
    memberId: job.member_id,
    before: { status: job.status },
    after: { status: end.status, error_code: failure?.code ?? null },
  });
  if (job.share_id !== null) await noteJobEnd(change, job.share_id, end.status);
  return true;
}
