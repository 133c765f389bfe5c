import { nowS, type Clock } from '../../../kit/clock.ts';
import type { SegmentId } from '../../../kit/ids.ts';
import { ProfileStoreUnavailable, type Expression, type ScanFields, type ScanPage } from '../../profile-store.ts';
import { ScanPageBuilder } from '../../scan-page.ts';
import type { AudienceIndex } from './audience-index.ts';
import { planAudience } from './audience-plan.ts';

/** How long a step of a build may hold the event loop. */
const sliceMs = 3;
/** How often the flip log is emptied while something is watched: it holds more than is written in that time. */
const drainIntervalMs = 50;
const tidyIntervalMs = 5000;

/**
 * Asks the audience index in the thread that holds it: builds in steps with the event loop between them, keeps up with the flip log
 * by a timer that keeps no process alive and rests while no set is held.
 */
export class AudienceQuestions {
  readonly #index: AudienceIndex;
  readonly #clock: Clock;
  readonly #numberOf: (segment: SegmentId) => number;
  #building: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #tidiedAtMs = 0;
  #stopped = false;

  /** @param numberOf the live number of a segment, or 0 */
  constructor(index: AudienceIndex, clock: Clock, numberOf: (segment: SegmentId) => number) {
    this.#index = index;
    this.#clock = clock;
    this.#numberOf = numberOf;
  }

  /** `ProfileStore.evaluate`. Questions that wait for sets at the same time share one scan. */
  async evaluate(expression: Expression): Promise<number> {
    for (;;) {
      // Anew each time: while sets were built, a commit may have given a segment another number.
      const plan = planAudience(expression, this.#numberOf);
      if (this.#index.want(plan.numbers, this.#clock.nowMs())) {
        const count = this.#index.evaluate(plan, nowS(this.#clock));
        if (count !== null) return count;
      } else await (this.#building ??= this.#build());
    }
  }

  /** `ProfileStore.scan`. */
  scan(segment: SegmentId, cursor: number | null, limit: number, fields: ScanFields = 'memberships'): ScanPage {
    const number = this.#numberOf(segment);
    if (number === 0) return new ScanPageBuilder(segment, 0, fields).page(null);
    return this.#index.scan({ segment, number, cursor, limit, fields, nowS: nowS(this.#clock) }, this.#clock.nowMs());
  }

  /** Questions that wait are refused. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #build(): Promise<void> {
    try {
      for (let done = false; !done;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#stopped) throw new ProfileStoreUnavailable('the profile store is closed');
        const endMs = performance.now() + sliceMs;
        done = this.#index.build(this.#clock.nowMs(), () => performance.now() < endMs);
      }
    } finally {
      this.#building = null;
    }
    this.#keepUp();
  }

  #keepUp(): void {
    if (this.#timer !== null || this.#stopped || this.#index.setCount === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#index.drain();
      const nowMs = performance.now();
      if (nowMs - this.#tidiedAtMs >= tidyIntervalMs) {
        this.#tidiedAtMs = nowMs;
        this.#index.tidy(this.#clock.nowMs());
      }
      this.#keepUp();
    }, drainIntervalMs).unref();
  }
}
