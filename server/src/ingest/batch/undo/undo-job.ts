import { existsSync } from 'node:fs';
import { asSegmentId } from '../../../kit/ids.ts';
import { neverEnds, removal } from '../../../profiles/operation-batch.ts';
import { outcomeCodes } from '../../../profiles/profile-store.ts';
import { RestoreBatch } from '../../../profiles/restore-batch.ts';
import { type BatchCounts, type BatchJob, noCounts } from '../batch-job.ts';
import type { BatchParts } from '../batch-parts.ts';
import type { ReportSnapshot } from '../load/job-report.ts';
import type { LoadEnd } from '../load/run-file-load.ts';
import { beforeAt, type ChunkImages, imageWords, newestImages } from './before-file.ts';

const progressIntervalMs = 500;
const { applied, newer } = outcomeCodes;

/**
 * Takes back what a job changed and nothing that came later: its before-images from the newest chunk to the oldest, each chunk of them in
 * reverse order. What a crash cuts off begins anew; what has been taken back is not taken back twice.
 */
export async function undoJob(
  { writer, folders }: BatchParts,
  job: BatchJob,
  signal: AbortSignal,
  onProgress: (percent: number, report: ReportSnapshot) => void,
): Promise<LoadEnd> {
  const undone = job.undo_of ?? 0;
  const path = folders.of(undone).before;
  const counts = noCounts();
  let lines = 0;
  const report = (): ReportSnapshot => ({ counts: { ...counts }, lines, errorLogLines: null, segmentLogLines: null, undoBytes: 0 });
  if (!existsSync(path)) return { kind: 'fault', report: report(), text: 'what the memberships were before is not kept any more' };
  const source = { kind: 'batch', job: undone } as const;
  const batch = new RestoreBatch();
  let toldMs = performance.now();
  for (const { images, bytesLeft, bytes } of newestImages(path)) {
    if (signal.aborted) return { kind: 'stopped', report: report() };
    batch.clear();
    takeBack(images, batch);
    lines += images.userKeyEnds.length;
    if (batch.operationCount > 0) {
      const chunk = { job: job.id, sequence: images.sequence };
      const { outcomes, changes } = await writer.restore(batch, { source, chunk });
      counts.num_added += changes.added;
      counts.num_refreshed += changes.refreshed;
      counts.num_removed += changes.removed;
      countOutcomes(outcomes, counts);
    }
    if (performance.now() - toldMs < progressIntervalMs) continue;
    toldMs = performance.now();
    onProgress(Math.min(99, Math.floor(((bytes - bytesLeft) / bytes) * 100)), report());
  }
  return { kind: 'done', report: report(), tooManyInvalid: false };
}

/** A chunk's images in reverse order. */
function takeBack({ images, keys, userKeyEnds, userImageEnds }: ChunkImages, batch: RestoreBatch): void {
  for (let user = userKeyEnds.length - 1; user >= 0; user--) {
    const first = user === 0 ? 0 : (userImageEnds[user - 1] ?? 0);
    const end = userImageEnds[user] ?? 0;
    if (end === first) continue;
    batch.forKey(keys, user === 0 ? 0 : (userKeyEnds[user - 1] ?? 0), userKeyEnds[user] ?? 0);
    for (let image = end - 1; image >= first; image--) {
      const at = image * imageWords;
      const segment = asSegmentId(images[at] ?? 0);
      const lifetime = images[at + 2] ?? 0;
      if (lifetime === removal) batch.takeBackRemoval(segment, images, at + beforeAt);
      else batch.takeBackAddition(segment, images[at + 1] ?? 0, lifetime === neverEnds ? null : lifetime, images, at + beforeAt);
    }
  }
}

function countOutcomes(outcomes: Uint8Array, counts: BatchCounts): void {
  for (const outcome of outcomes) {
    if (outcome === applied) counts.num_valid += 1;
    else if (outcome === newer) counts.num_newer += 1;
    else counts.num_other_error += 1;
  }
}
