import { formatRfc3339, formatRfc3339OrNull } from '../calls/wire-time.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ShareJobEventTable } from '../../storage/sql/exchange-schema.ts';
import { readEndpointEver } from '../store/endpoint-store.ts';
import type { ShareJob } from '../store/share-job-store.ts';
import { type JobStatus, stateOf } from './job-status.ts';
import { planOf } from './stage.ts';

/** A job as people see it (exchange-sharing.md section 6). */
export async function shareJobOnWire(db: CatalogReader, job: ShareJob): Promise<Record<string, unknown>> {
  const plan = job.plan === null ? null : planOf(job);
  const source = await readEndpointEver(db, job.source_endpoint_id);
  const destination = job.destination_endpoint_id === null ? undefined : await readEndpointEver(db, job.destination_endpoint_id);
  const into = plan?.share.destination;
  return {
    jobId: job.id,
    shareId: job.share_id,
    shareName: plan?.share.name ?? null,
    source: {
      endpointId: job.source_endpoint_id,
      endpointName: source?.name ?? null,
      segmentId: job.source_segment_id,
      segmentName: plan?.prepared?.segmentName ?? (await segmentName(db, job)),
    },
    destination: {
      endpointId: job.destination_endpoint_id,
      endpointName: destination?.name ?? null,
      segmentId: job.destination_segment_id,
      segmentName: into?.newSegment?.name ?? null,
    },
    shareAction: job.share_action,
    state: stateOf(job.status),
    status: job.status,
    rowsReceived: job.rows_received,
    rowsSent: job.rows_sent,
    rowsRejected: job.rows_rejected,
    rowsUnknown: job.rows_unknown,
    rowsMerged: job.rows_merged,
    createdAt: formatRfc3339(job.created_on),
    startedAt: formatRfc3339OrNull(job.started_on),
    completedAt: formatRfc3339OrNull(job.completed_on),
    error: job.error_code === null ? null : { code: job.error_code, message: job.error ?? '', details: job.error_details },
    warnings: JSON.parse(job.warnings) as string[],
    scheduled: job.scheduled === 1,
  };
}

/** Of a job that has not begun yet. */
async function segmentName(db: CatalogReader, job: ShareJob): Promise<string | null> {
  const row = await db
    .selectFrom('audience')
    .select('name')
    .where('endpoint_id', '=', job.source_endpoint_id)
    .where('segment_id', '=', job.source_segment_id ?? '')
    .executeTakeFirst();
  return row?.name ?? null;
}

/** Statuses that the job reached, without the progress in between. */
export function timelineOnWire(events: readonly ShareJobEventTable[]): object[] {
  return events
    .filter(({ status }, at) => events[at - 1]?.status !== status)
    .map(({ status, at }) => ({ status, state: stateOf(status as JobStatus), at: formatRfc3339(at) }));
}

export const eventOnWire = (event: ShareJobEventTable): object => ({
  jobId: event.job_id,
  status: event.status,
  state: stateOf(event.status as JobStatus),
  rowsReceived: event.rows_received,
  rowsSent: event.rows_sent,
  rowsRejected: event.rows_rejected,
  at: formatRfc3339(event.at),
});
