import { PeerFault } from './peer-faults.ts';

/** Time and chance, injected. */
export interface WaitParts {
  nowMs(): number;
  /** 0 to below 1. */
  random(): number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Five unless it is said: none where somebody waits for the answer. */
  readonly retries?: number;
}

/** Exchange.md section 2.7: five retries, exponential from 5 s. */
const usualRetries = 5;
const firstDelayMs = 5000;
const longestRetryAfterMs = 3_600_000;
const firstPollDelaysMs = [15_000, 30_000, 60_000];
const pollDelayMs = 5 * 60_000;
/** A Retry-After of 0 must not make polling a storm. */
const leastPollDelayMs = 1000;

/** Before the retry with this number (from 1): twice as long each time, up to a quarter less by chance. */
export const backOffMs = (retry: number, random: number): number => Math.round(firstDelayMs * 2 ** (retry - 1) * (1 - random / 4));

/** Before the poll with this number (from 1): 15, 30, 60 s, then 5 minutes, unless the last answer named a time. */
export const pollWaitMs = (poll: number, retryAfterMs: number | undefined): number =>
  retryAfterMs === undefined ? (firstPollDelaysMs[poll - 1] ?? pollDelayMs) : Math.max(retryAfterMs, leastPollDelayMs);

/** Retry-After as seconds or as an HTTP date: from now to an hour; undefined where it is absent or cannot be read. */
export function readRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : /[a-z]/i.test(text) ? Date.parse(text) - nowMs : NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestRetryAfterMs);
}

/**
 * Attempts until one succeeds, a fault comes that no retry heals, five retries are over, or the signal is aborted. The last fault is
 * thrown; so is at once whatever is no PeerFault.
 * @param attempt does the whole call anew each time; it must come out as if it were done once (Idempotency-Key)
 */
export async function retrying<T>(attempt: () => Promise<T>, wait: WaitParts, signal: AbortSignal): Promise<T> {
  for (let retry = 1; ; retry += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PeerFault) || !error.again || retry > (wait.retries ?? usualRetries)) throw error;
      await wait.sleep(error.retryAfterMs ?? backOffMs(retry, wait.random()), signal);
    }
  }
}
