import { randomAdditions, type Random, randomUsers, userIdOf } from '../data/audience.ts';
import { asSegmentId, asUserId } from '../../server/src/kit/ids.ts';
import { OperationBatch } from '../../server/src/profiles/operation-batch.ts';

export const usersPerBatch = 1000;
export const segmentsPerUpdate = 5;
export const segmentsPerLoad = 10;

/** A batch as the instant service makes them: so many segments for each user, added at `atS`. */
export function batchFor(users: readonly number[], segmentsPerUser: number, random: Random, atS: number): OperationBatch {
  const batch = new OperationBatch();
  for (const user of users) {
    batch.forUser({ kind: 'user', id: asUserId(userIdOf(user)) });
    for (const { segment, value, lifetimeMinutes } of randomAdditions(random, segmentsPerUser))
      batch.add(asSegmentId(segment), value, atS, lifetimeMinutes);
  }
  return batch;
}

/** Batches that merge into existing profiles: different users of the audience, drawn at random. */
export const updateBatches = (count: number, users: number, random: Random, atS: number): OperationBatch[] =>
  Array.from({ length: count }, () => batchFor(randomUsers(random, users, Math.min(usersPerBatch, users)), segmentsPerUpdate, random, atS));
