/** What a figure is held against: a line of issue's table, or of a scenario's own. */
export interface Target {
  /** `>= 10x`, `p99 < 12 ms`. */
  readonly text: string;
  readonly met: boolean;
}

/** Foyer's rate is at least so many times this contender's. */
export const ratioAtLeast = (least: number, ratio: number): Target => ({ text: `>= ${least}x`, met: ratio >= least });

export const ratioAtMost = (most: number, ratio: number): Target => ({ text: `<= ${most}x`, met: ratio <= most });

export const p99Below = (limitUs: number, p99Us: number): Target => ({
  text: `p99 < ${limitUs < 1000 ? `${limitUs} us` : `${limitUs / 1000} ms`}`,
  met: p99Us < limitUs,
});

/** A figure in its own unit. */
export const atMost = (limit: number, unit: string, value: number): Target => ({ text: `<= ${limit} ${unit}`, met: value <= limit });

/** A rate that is wanted beside the ratios; machines differ. */
export const wantedAtLeast = (least: number, what: string, value: number): Target => ({
  text: `wanted ${least.toLocaleString('en-US')} ${what}`,
  met: value >= least,
});
