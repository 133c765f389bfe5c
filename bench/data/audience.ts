/** The data that every scenario and every contender gets: users by number, skewed segments, repeatable by a seed. */

/** Segments that exist in a bench catalog. */
export const segmentCount = 1000;
const firstSegmentId = 10_001;
export const segmentIds: readonly number[] = Array.from({ length: segmentCount }, (_, i) => firstSegmentId + i);

const mask64 = (1n << 64n) - 1n;
const oddMultiplier = 0x9e37_79b9_7f4a_7c15n;

/** A user's id: spread over 64 bits as hashed ids are, different for different numbers, never 0. */
export const userIdOf = (user: number): bigint => ((BigInt(user) + 1n) * oddMultiplier) & mask64;

export type Random = () => number;

/** Numbers from 0 to below 1 that repeat with the seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const wholeBelow = (random: Random, end: number): number => Math.floor(random() * end);

/** Share of all memberships up to each segment: the n-th segment is 1/n as large as the first, as audiences are. */
const cumulative = Float64Array.from({ length: segmentCount });
{
  let sum = 0;
  for (let i = 0; i < segmentCount; i++) {
    sum += 1 / (i + 1);
    cumulative[i] = sum;
  }
  for (let i = 0; i < segmentCount; i++) cumulative[i] = (cumulative[i] ?? 0) / sum;
}

export function skewedSegment(random: Random): number {
  const wanted = random();
  let low = 0;
  let high = segmentCount - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) < wanted) low = middle + 1;
    else high = middle;
  }
  return firstSegmentId + low;
}

export interface Addition {
  readonly segment: number;
  readonly value: number;
  readonly lifetimeMinutes: number;
}

const lifetimesMinutes = [1440, 10_080, 43_200, 129_600] as const;

/** Memberships of one user in different segments. */
export function randomAdditions(random: Random, count: number): Addition[] {
  const segments = new Set<number>();
  while (segments.size < count) segments.add(skewedSegment(random));
  return [...segments].map((segment) => ({
    segment,
    value: wholeBelow(random, 1000),
    lifetimeMinutes: lifetimesMinutes[wholeBelow(random, lifetimesMinutes.length)] ?? 43_200,
  }));
}

/** Different users of `users`, as the rows of one call or batch are. */
export function randomUsers(random: Random, users: number, count: number): number[] {
  if (count > users) throw new RangeError(`there are no ${count} different users among ${users}`);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(wholeBelow(random, users));
  return [...chosen];
}
