import { type DueParts, reckonNextRuns, runDueShares } from './run-due-shares.ts';

const tickMs = 1000;
/** Clocks are moved by less all the time. */
const backwardsMs = 1000;

/** Looks every second for shares that are due; reckons anew when their next runs are at first, and whenever the clock was set back. */
export class ShareClock {
  readonly #parts: DueParts;
  #lastMs = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> = Promise.resolve();
  #waits = false;

  constructor(parts: DueParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#waits) void this.tick();
    }, tickMs);
  }

  /** Waits until what has begun is done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#ticking;
  }

  /** One look, after those before it. What fails is in the log and comes again with the next one. */
  tick(): Promise<void> {
    this.#waits = true;
    this.#ticking = this.#ticking.then(async () => {
      try {
        await this.#look();
      } catch (error) {
        this.#parts.log.error({ err: error }, 'due shares could not be started; they are looked for again in a second');
      }
      this.#waits = false;
    });
    return this.#ticking;
  }

  async #look(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    if (nowMs < this.#lastMs - backwardsMs) await reckonNextRuns(this.#parts);
    this.#lastMs = nowMs;
    await runDueShares(this.#parts);
  }
}
