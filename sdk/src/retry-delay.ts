import { FoyerError } from './foyer-error.ts';
import { NoAnswerError } from './no-answer-error.ts';

export interface FailedAttempt {
  readonly method: string;
  /** Counted from 0. */
  readonly attempt: number;
  /** The caller says that sending it twice does no harm. */
  readonly repeatable: boolean;
}

export interface Backoff {
  /** Before the first repeat; doubled with each further one. */
  readonly firstMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Sending it twice is the same as once: these address what they change by its id. */
const repeatableMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/**
 * Milliseconds to wait before the call is sent again; undefined where that would not help or might do something twice.
 *
 * A 429, and a 503 of ours, say that nothing was done and when to come back (docs/errors.md): any call is repeated. After a network
 * error a call is repeated where twice is the same as once, a POST only where the server cannot have seen it.
 */
export function retryDelayMs(error: unknown, { method, attempt, repeatable }: FailedAttempt, backoff: Backoff): number | undefined {
  // Half of it at random, so that callers who failed together do not come back together.
  const delayMs = backoff.firstMs * 2 ** attempt * (0.5 + backoff.random() / 2);
  if (error instanceof FoyerError) {
    const refusedForNow = error.status === 429 || (error.status === 503 && error.errorId === 'SYSTEM');
    return refusedForNow && error.retryAfterS !== null ? Math.max(error.retryAfterS * 1000, delayMs) : undefined;
  }
  if (!(error instanceof NoAnswerError) || !error.transient) return undefined;
  return error.neverSent || repeatable || repeatableMethods.has(method) ? delayMs : undefined;
}
