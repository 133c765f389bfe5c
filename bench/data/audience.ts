/** The data that every scenario and every contender gets: users by number, skewed segments, repeatable by a seed. */

/** Segments that exist in a bench catalog. */
export const segmentCount = 1000;
const firstSegmentId = 10_001;
export const segmentIds: readonly number[] = Array.from({ length: segmentCount }, (_, i) => firstSegmentId + i);

const mask64 = (1n << 64n) - 1n;
const oddMultiplier = 0x9e37_79b9_7f4a_7c15n;

/** A user's id: spread over 64 bits as hashed ids are, different for different numbers, never 0. */
export const userIdOf = (user: number): bigint => ((BigInt(user) + 1n) * oddMultiplier) & mask64;

/** The inverse of the multiplier, modulo 2^64. */
const inverseMultiplier = 0xf1de_83e1_9937_733dn;

/** The user whose id this is. */
export const userOf = (userId: bigint): number => Number(((userId * inverseMultiplier) & mask64) - 1n);

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

/** Numbers that an addition takes where additions are packed: segment, value, lifetime in minutes. */
export const additionWords = 3;
/** Memberships that every user has before anything is measured. */
export const loadedSegmentsPerUser = 10;

/** Writes memberships of one user in different segments, `additionWords` numbers each, from `at` on. */
export function fillAdditions(random: Random, count: number, into: Uint32Array, at: number): void {
  const end = at + count * additionWords;
  for (let to = at; to < end;) {
    const segment = skewedSegment(random);
    let known = at;
    while (known < to && into[known] !== segment) known += additionWords;
    if (known < to) continue;
    into[to] = segment;
    into[to + 1] = wholeBelow(random, 1000);
    into[to + 2] = lifetimesMinutes[wholeBelow(random, lifetimesMinutes.length)] ?? 43_200;
    to += additionWords;
  }
}

/** What a user holds after the first load: the same for every contender, in whatever order they load. */
export const fillLoaded = (user: number, into: Uint32Array, at: number): void =>
  fillAdditions(seededRandom(Math.imul(user + 1, 0x9e37_79b1)), loadedSegmentsPerUser, into, at);

/** Memberships of one user in different segments. */
export function randomAdditions(random: Random, count: number): Addition[] {
  const words = new Uint32Array(count * additionWords);
  fillAdditions(random, count, words, 0);
  return Array.from({ length: count }, (_, i) => ({
    segment: words[i * additionWords] ?? 0,
    value: words[i * additionWords + 1] ?? 0,
    lifetimeMinutes: words[i * additionWords + 2] ?? 0,
  }));
}

/** Different users of `users`, as the rows of one call or batch are. */
export function randomUsers(random: Random, users: number, count: number): number[] {
  if (count > users) throw new RangeError(`there are no ${count} different users among ${users}`);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(wholeBelow(random, users));
  return [...chosen];
}
