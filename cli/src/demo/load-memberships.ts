import { setTimeout as wait } from 'node:timers/promises';
import type { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import { NoAnswerError } from '@foyer/sdk/no-answer-error.ts';
import { CommandFailure } from '../command-failure.ts';
import type { InstantBody } from './instant-bodies.ts';

const callsInFlight = 4;
const maxTries = 8;
const firstRetryMs = 200;

export interface LoadResult {
  calls: number;
  users: number;
  memberships: number;
  retries: number;
}

/**
 * Sends all bodies, a few at a time, and answers once every one is acknowledged. A call is repeated after 429 and where no answer
 * came (adding a user twice is the same as once); everything else ends the load.
 */
export async function loadMemberships(
  provider: FoyerClient,
  bodies: Iterable<InstantBody>,
  options: { onProgress: (result: LoadResult) => void; signal?: AbortSignal },
): Promise<LoadResult> {
  const result: LoadResult = { calls: 0, users: 0, memberships: 0, retries: 0 };
  const queue = bodies[Symbol.iterator]();
  const failed = new AbortController();
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([failed.signal, options.signal]);
  const sendOneAfterAnother = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      result.retries += await send(provider, next.value, signal);
      result.calls += 1;
      result.users += next.value.users;
      result.memberships += next.value.memberships;
      options.onProgress(result);
    }
  };
  try {
    await Promise.all(Array.from({ length: callsInFlight }, sendOneAfterAnother));
  } catch (error) {
    // The others' calls end too: nobody waits for them any more.
    failed.abort();
    throw error;
  }
  return result;
}

/** The number of repeats that it took. */
async function send(provider: FoyerClient, body: InstantBody, signal: AbortSignal): Promise<number> {
  for (let retries = 0; ; retries += 1) {
    try {
      const answer = await provider.addUsers(body.text, {}, { signal, retries: 0 });
      const { users_in_request: users, segments_in_request: segments } = answer.message;
      if (users === body.users && segments === body.memberships) return retries;
      const first = answer.warnings[0]?.message ?? 'no warning says why';
      throw new CommandFailure(
        `the instant service took ${users} of ${body.users} users and ${segments} of ${body.memberships} memberships: ${first}`,
      );
    } catch (error) {
      const waitMs = retryDelayMs(error, retries);
      if (waitMs === undefined || retries + 1 >= maxTries) throw error;
      await wait(waitMs, undefined, { signal });
    }
  }
}

/** Undefined: trying again would not help. */
export function retryDelayMs(error: unknown, retries: number): number | undefined {
  const backoffMs = firstRetryMs * 2 ** retries;
  if (error instanceof NoAnswerError) return backoffMs;
  if (error instanceof FoyerError && error.status === 429) return Math.max((error.retryAfterS ?? 1) * 1000, backoffMs);
  return undefined;
}
