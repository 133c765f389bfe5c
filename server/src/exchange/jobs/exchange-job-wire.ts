import { formatRfc3339 } from '../calls/wire-time.ts';
import { idOnWire } from '../calls/exact-json.ts';
import type { ShareJobFileTable } from '../../storage/sql/exchange-schema.ts';
import type { ShareJob } from '../store/share-job-store.ts';
import { planOf } from './stage.ts';

/** A job as the protocol shows it (exchange.md section 2.6), exact member names. */
export function exchangeJobOnWire(job: ShareJob, delivered: readonly ShareJobFileTable[], extra: boolean): Record<string, unknown> {
  const share = job.plan === null ? null : planOf(job).share;
  const files = delivered.map(({ name }) => name);
  const details = job.error_details === null ? '' : ` (${job.error_details})`;
  return {
    jobCategory: job.category,
    jobName: job.category === 'SEGMENT_EXPORT' ? 'EXPORT_SEGMENT' : 'POPULATE_SEGMENTS',
    jobId: job.id,
    accountId: job.member_id,
    scheduledJobId: job.scheduled === 1 ? job.share_id : null,
    status: job.status,
    subStatus: job.sub_status ?? job.status,
    errorDetails: job.error_code === null ? null : `${job.error_code}: ${job.error ?? ''}${details}`,
    segmentDataFiles: files.length === 0 ? null : files,
    segmentDataFormat: files.length === 0 ? null : 'CSV',
    destinationSegmentID: job.destination_segment_id === null ? null : idOnWire(job.destination_segment_id, true),
    destinationSegmentName: share?.destination.newSegment?.name ?? null,
    destinationSegmentDescription: share?.destination.newSegment?.description ?? null,
    destinationEndpointID: job.destination_endpoint_id,
    exportCategory: '',
    producerEndpointID: job.source_endpoint_id,
    producerSegmentID: job.source_segment_id === null ? null : idOnWire(job.source_segment_id, true),
    attributeMappings: share?.attributeMappings ?? {},
    identityMappings: null,
    shareAction: job.share_action,
    sourceIdentifiers: share?.identityMapping.sourceIdentifiers ?? null,
    destinationIdentifier: share?.identityMapping.destinationIdentifier ?? null,
    ...(extra
      ? {
          createdAt: formatRfc3339(job.created_on),
          updatedAt: formatRfc3339(job.last_modified),
          rowsReceived: job.rows_received,
          rowsSent: job.rows_sent,
          rowsRejected: job.rows_rejected,
        }
      : {}),
  };
}
