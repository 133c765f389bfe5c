import type { Clock } from '../../../kit/clock.ts';
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
  readonly #listeners = new Map<number, Set<() => void>>();
  /** One job of a member after the other, in the order in which they were begun. */
  readonly #turns = new Map<number, Promise<void>>();

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

  /** Tells those that follow the job that something about it is new. */
  changed(job: number): void {
    for (const listener of this.#listeners.get(job) ?? []) listener();
  }

  /** Answers how to stop. */
  follow(job: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(job) ?? new Set();
    this.#listeners.set(job, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(job);
    };
  }

  /** Does `work` when the member's earlier jobs have ended: of two files the later one's memberships win. */
  async inTurn<T>(member: number, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(member) ?? Promise.resolve();
    const turn = Promise.withResolvers<void>();
    const mine = before.then(() => turn.promise);
    this.#turns.set(member, mine);
    await before;
    try {
      return await work();
    } finally {
      turn.resolve();
      if (this.#turns.get(member) === mine) this.#turns.delete(member);
    }
  }
}
