/** The middle value; of an even number the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) return Number.NaN;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/** What several runs of one thing gave. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  least: Math.min(...values),
  median: median(values),
  most: Math.max(...values),
});

/**
 * What `ours` is of `theirs`, run by run: the two of one run stand next to each other in time, so that what disturbs the machine
 * for longer than a run disturbs both and leaves the ratio alone.
 */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) throw new RangeError('both must have the same number of runs');
  return spreadOf(ours.map((value, run) => value / (theirs[run] ?? Number.NaN)));
}
