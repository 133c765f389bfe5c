import { idText, isFields } from './exact-json.ts';
import { ProtocolRefusal } from './protocol-faults.ts';
import type { ProtocolClient } from './protocol-client.ts';

/** What the toolkit needs of a job (exchange.md section 2.6). Ids keep all their digits. */
export interface ToolkitJob {
  readonly jobId: string;
  readonly status: string;
  readonly producerEndpointId: string | undefined;
  readonly destinationEndpointId: string | undefined;
  readonly producerSegmentId: string | undefined;
  readonly segmentDataFiles: readonly string[];
  /** All of it, as the server wrote it. */
  readonly whole: object;
}

/** The exports of an endpoint in these statuses, oldest first as the server lists them. */
export async function exportJobs(client: ProtocolClient, endpointId: string, statuses: readonly string[]): Promise<ToolkitJob[]> {
  const jobs: ToolkitJob[] = [];
  for (const status of statuses) {
    const list = await client.list(`/v1/jobs/SEGMENT_EXPORT?endpointId=${endpointId}&status=${status}`);
    jobs.push(...list.map(readJob));
  }
  return jobs;
}

function readJob(value: unknown): ToolkitJob {
  const jobId = isFields(value) ? idText(value['jobId']) : undefined;
  // The id becomes a part of paths, here and there.
  if (!isFields(value) || jobId === undefined || !/^[\w-]+$/.test(jobId))
    throw new ProtocolRefusal('the server lists a job without a usable jobId', { status: 0, code: null, retryAfterMs: null });
  const files = value['segmentDataFiles'];
  return {
    jobId,
    status: idText(value['status']) ?? '',
    producerEndpointId: idText(value['producerEndpointID']),
    destinationEndpointId: idText(value['destinationEndpointID']),
    producerSegmentId: idText(value['producerSegmentID']),
    segmentDataFiles: Array.isArray(files) ? files.filter((file) => typeof file === 'string') : [],
    whole: value,
  };
}
