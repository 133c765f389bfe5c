const firstDelayMs = 1000;
const longestDelayMs = 10 * 60_000;

/**
 * How long to wait after the attempt with this number (from 1) failed: twice as long each time, ten minutes at most, and up to a
 * quarter less by chance, so that what failed together is not tried again together. `random`: 0 to below 1.
 */
export function retryDelayMs(attempt: number, random: number): number {
  const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
  return Math.round(delayMs * (1 - random / 4));
}
