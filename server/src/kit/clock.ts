/** The time, injected so that tests can move it. */
export interface Clock {
  /** Unix time in milliseconds, whole. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** Whole Unix seconds, rounded down. */
export const nowS = (clock: Clock): number => Math.floor(clock.nowMs() / 1000);
