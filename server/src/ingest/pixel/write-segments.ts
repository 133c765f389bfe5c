import { type Clock, nowS } from '../../kit/clock.ts';
import type { SegmentId, UserId } from '../../kit/ids.ts';
import { Refusal } from '../../kit/refusal.ts';
import { OperationBatch } from '../../profiles/operation-batch.ts';
import { outcomeCodes, type Source } from '../../profiles/profile-store.ts';
import type { ProfileWriter } from '../../profiles/profile-writer.ts';
import { longestSegmentMinutes } from '../../segments/segment.ts';
import type { AskedSegments } from './asked-segments.ts';
import type { PixelErrors } from './pixel-errors.ts';

const source: Source = { kind: 'pixel', job: 0 };
/** Batches that are not under way, for the next calls; more are left to the garbage collector. */
const spare: OperationBatch[] = [];
const mostSpare = 256;

/** Writes what a pixel asks for of one user, removals first, and waits until it is durable (ingest.md section 2). Never throws for what the store refuses. */
export async function writeSegments(
  parts: { readonly writer: ProfileWriter; readonly clock: Clock },
  user: UserId,
  { removed, added }: AskedSegments,
  errors: PixelErrors,
): Promise<void> {
  const batch = spare.pop() ?? new OperationBatch();
  const subjects: SegmentId[] = [];
  const atS = nowS(parts.clock);
  batch.forUser({ kind: 'user', id: user });
  for (const { id } of removed) subjects[batch.remove(id)] = id;
  for (const { segment, value } of added) {
    const { id, expireMinutes } = segment;
    // 0 is for the ad call alone: there is nothing to keep.
    if (expireMinutes === 0) continue;
    subjects[batch.add(id, value, atS, Math.min(expireMinutes ?? longestSegmentMinutes, longestSegmentMinutes))] = id;
  }
  try {
    if (batch.operationCount === 0) return;
    const { outcomes } = await parts.writer.write(batch, { source });
    noteRefused(outcomes, subjects, errors);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    errors.add('unavailable');
  } finally {
    batch.clear();
    if (spare.length < mostSpare) spare.push(batch);
  }
}

function noteRefused(outcomes: Uint8Array, subjects: readonly SegmentId[], errors: PixelErrors): void {
  if (outcomes.includes(outcomeCodes['opted-out'])) errors.add('opted-out');
  for (let operation = 0; operation < outcomes.length; operation++) {
    const outcome = outcomes[operation];
    if (outcome === outcomeCodes.full || outcome === outcomeCodes['over-limit']) errors.add('full', subjects[operation] ?? '');
  }
}
