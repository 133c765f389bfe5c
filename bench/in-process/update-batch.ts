import {
  additionWords,
  fillAdditions,
  fillLoaded,
  loadedSegmentsPerUser,
  type Random,
  userIdOf,
  userOf,
  wholeBelow,
} from '../data/audience.ts';

export const usersPerBatch = 1000;
export const segmentsPerUpdate = 5;
/** Batches that may be under way at once: the users of batch i and batch i + 1 are never the same (batch i + `updateLanes` may have them again). */
export const updateLanes = 4;

/** A batch before any store has seen it: different users, the same number of additions for each. */
export interface UpdateBatch {
  readonly userIds: BigUint64Array;
  readonly perUser: number;
  /** `additionWords` numbers for each addition, user by user. */
  readonly additions: Uint32Array;
  readonly atS: number;
}

/** The first load of users from `first` to below `end`. */
export const loadBatch = (first: number, end: number, atS: number): UpdateBatch =>
  loadBatchOf(
    BigUint64Array.from({ length: end - first }, (_, i) => userIdOf(first + i)),
    atS,
  );

/** The first load of these users, in their order. */
export function loadBatchOf(userIds: BigUint64Array, atS: number): UpdateBatch {
  const wordsPerUser = loadedSegmentsPerUser * additionWords;
  const additions = new Uint32Array(userIds.length * wordsPerUser);
  for (const [i, userId] of userIds.entries()) fillLoaded(userOf(userId), additions, i * wordsPerUser);
  return { userIds, perUser: loadedSegmentsPerUser, additions, atS };
}

/** Batches that merge into existing profiles: users of the audience drawn at random, those of neighbouring batches apart. */
export function updateBatches(count: number, users: number, random: Random, atS: number): UpdateBatch[] {
  const perLane = Math.floor(users / updateLanes);
  const size = Math.min(usersPerBatch, perLane);
  return Array.from({ length: count }, (_, batch) => {
    const chosen = new Set<number>();
    while (chosen.size < size) chosen.add(wholeBelow(random, perLane) * updateLanes + (batch % updateLanes));
    const additions = new Uint32Array(size * segmentsPerUpdate * additionWords);
    for (let i = 0; i < size; i++) fillAdditions(random, segmentsPerUpdate, additions, i * segmentsPerUpdate * additionWords);
    return { userIds: BigUint64Array.from([...chosen].map(userIdOf)), perUser: segmentsPerUpdate, additions, atS };
  });
}
