import { nowS, type Clock } from '../../kit/clock.ts';
import type { ProfileCore } from './core/profile-core.ts';
import type { SweepPass } from './core/sweep.ts';

/** How long a step may hold the event loop. */
const sliceMs = 2;
/** Others get the loop between two steps for at least so long. */
const pauseMs = 4;

/** Runs sweeps by timers that keep no process alive. One pass at a time, in steps of about 2 ms. */
export class Sweeper {
  readonly #core: ProfileCore;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | null = null;
  #pass: SweepPass | null = null;

  constructor(core: ProfileCore, clock: Clock, intervalMs: number) {
    this.#core = core;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#wait(intervalMs);
  }

  /** One whole pass at once: when nobody waits, or in tests. */
  sweepNow(): void {
    this.#pass = null;
    this.#core.beginSweep().step(nowS(this.#clock), () => true);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#step(), ms).unref();
  }

  #step(): void {
    this.#pass ??= this.#core.beginSweep();
    const endMs = performance.now() + sliceMs;
    const done = this.#pass.step(nowS(this.#clock), () => performance.now() < endMs);
    if (done) this.#pass = null;
    this.#wait(done ? this.#intervalMs : pauseMs);
  }
}

/** One whole pass that lets others have the event loop between its steps. */
export async function sweepInSteps(core: ProfileCore, clock: Clock): Promise<void> {
  const pass = core.beginSweep();
  for (let done = false; !done;) {
    const endMs = performance.now() + sliceMs;
    done = pass.step(nowS(clock), () => performance.now() < endMs);
    if (!done) await new Promise((resolve) => setImmediate(resolve));
  }
}
