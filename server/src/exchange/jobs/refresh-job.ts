import { refreshAudiences } from '../audiences/refresh-audiences.ts';
import { readEndpointEver } from '../store/endpoint-store.ts';
import { endJob } from './end-job.ts';
import { moveOn, serverChange, type Stage } from './stage.ts';

/** SEGMENT_POPULATE_DB: reads a pull producer's list of audiences again. */
export async function refreshJob(stage: Stage): Promise<boolean> {
  const { parts, job, signal } = stage;
  if (job.status === 'CREATED') {
    await moveOn(stage, { status: 'RECEIVING_DATA', started_on: parts.clock.nowMs() });
    return true;
  }
  let asked: string;
  do {
    asked = await askedOf(stage);
    await refreshAudiences(parts, job.source_endpoint_id, signal);
    // Who asked for a refresh meanwhile was told of this one: what it is called with now must have been tried.
  } while ((await askedOf(stage)) !== asked);
  await serverChange(parts, 'refreshAudiences', (change) => endJob(change, job, { status: 'COMPLETE' }));
  return false;
}

/** How the endpoint is called: changes with its address and its connection values. */
async function askedOf({ parts, job }: Stage): Promise<string> {
  const endpoint = await readEndpointEver(parts.catalog.read, job.source_endpoint_id);
  return JSON.stringify([endpoint?.source?.url, endpoint?.authType, endpoint?.credentials]);
}
