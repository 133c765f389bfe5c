/** Repeatable randomness for tests: the same seed gives the same sequence (mulberry32). */
export interface Random {
  /** 0 ≤ x < 1. */
  readonly next: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly of: <T>(items: readonly [T, ...T[]]) => T;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    of: (items) => items[whole(0, items.length - 1)] ?? items[0],
  };
}

/** FOYER_TEST_SEED, to play a failure again; else a new one. */
export function testSeed(): number {
  const given = Number(process.env['FOYER_TEST_SEED']);
  return Number.isInteger(given) && given > 0 ? given : Math.floor(Math.random() * 2 ** 31) + 1;
}
