import { refreshAudiences } from '../audiences/refresh-audiences.ts';
import { endJob } from './end-job.ts';
import { moveOn, serverChange, type Stage } from './stage.ts';

/** SEGMENT_POPULATE_DB: reads a pull producer's list of audiences again. */
export async function refreshJob(stage: Stage): Promise<boolean> {
  const { parts, job, signal } = stage;
  if (job.status === 'CREATED') {
    await moveOn(stage, { status: 'RECEIVING_DATA', started_on: parts.clock.nowMs() });
    return true;
  }
  await refreshAudiences(parts, job.source_endpoint_id, signal);
  await serverChange(parts, 'refreshAudiences', (change) => endJob(change, job, { status: 'COMPLETE' }));
  return false;
}
