import type { Clock } from '../../../kit/clock.ts';
import { Followers } from '../../../kit/followers.ts';
import { Turns } from '../../../kit/turns.ts';
import type { BatchJob } from '../batch-job.ts';
import type { BatchPace } from '../batch-job-wire.ts';

/** Where a job is that runs now. */
interface Running {
  readonly startedMs: number;
  percent: number;
  lines: number;
}

/** How the jobs that run now get on, and who wants to hear of changes. */
export class RunningJobs {
  readonly #clock: Clock;
  readonly #running = new Map<number, Running>();
  /** By job. */
  readonly followers = new Followers();
  /** By member: of two files the later one's memberships win. */
  readonly turns = new Turns<number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(job: number): void {
    this.#running.set(job, { startedMs: this.#clock.nowMs(), percent: 0, lines: 0 });
  }
  update(job: number, percent: number, lines: number): void {
    const running = this.#running.get(job);
    if (running === undefined) return;
    running.percent = percent;
    running.lines = lines;
  }
  end(job: number): void {
    this.#running.delete(job);
  }

  paceOf({ id }: Pick<BatchJob, 'id'>): BatchPace | undefined {
    const running = this.#running.get(id);
    if (running === undefined) return undefined;
    const seconds = (this.#clock.nowMs() - running.startedMs) / 1000;
    if (seconds <= 0) return { rowsPerSecond: 0, secondsLeft: null };
    const { percent, lines } = running;
    return {
      rowsPerSecond: Math.round(lines / seconds),
      secondsLeft: percent === 0 ? null : Math.ceil((seconds / percent) * (100 - percent)),
    };
  }
}
