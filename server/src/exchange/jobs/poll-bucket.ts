import type { Clock } from '../../kit/clock.ts';

/** Job lists at once, and then one in so much time (exchange-sharing.md section 1). */
const burst = 60;
const refillMs = 10_000;

/** Keeps endpoints from polling too often: a bucket for each endpoint and each account-level key. In memory; full again after a restart. */
export class PollBucket {
  readonly #clock: Clock;
  /** By caller: the moment at which its bucket was, or will be, full. */
  readonly #fullAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one; answers 0, or the milliseconds until the next one is there. */
  take(caller: string): number {
    const nowMs = this.#clock.nowMs();
    const fullAtMs = Math.max(this.#fullAtMs.get(caller) ?? 0, nowMs);
    const waitMs = fullAtMs + refillMs - nowMs - burst * refillMs;
    if (waitMs > 0) return waitMs;
    if (this.#fullAtMs.size > 10_000) for (const [key, ms] of this.#fullAtMs) if (ms <= nowMs) this.#fullAtMs.delete(key);
    this.#fullAtMs.set(caller, fullAtMs + refillMs);
    return 0;
  }
}
