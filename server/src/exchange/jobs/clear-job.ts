import { rm } from 'node:fs/promises';
import type { StageId } from '../../profiles/profile-store.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import type { ShareJob } from '../store/share-job-store.ts';
import { chunkJobOf } from './chunk-job.ts';
import { checkpointOf, preparedOf } from './stage.ts';

/**
 * What a job leaves behind that did not become Complete: a staged replacement is dropped, so that the old audience stays, and of a canceled
 * job all rows are (exchange-sharing.md section 7). To be called after it has ended and nothing works on it any more; harmless when repeated.
 */
export async function clearJob({ folders, profiles }: ExchangeParts, job: ShareJob): Promise<void> {
  const { stage } = checkpointOf(job);
  if (stage !== undefined) await profiles.abort(stage as StageId);
  if (job.status !== 'CREATED' && job.plan !== null && preparedOf(job).destinationType === 'internal')
    await profiles.forgetChunks(chunkJobOf(job.id));
  const folder = folders.of(job.id);
  await rm(folder.work, { recursive: true, force: true });
  if (job.status === 'CANCELED') await folder.remove();
}
