import { setTimeout as wait } from 'node:timers/promises';

/** Throws the signal's reason where it ends before. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
