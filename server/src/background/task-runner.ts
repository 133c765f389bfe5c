import { randomUUID } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import {
  type BackgroundTask,
  TaskFault,
  type TaskControl,
  type TaskEnd,
  type TaskHandler,
  type TaskQueue,
  type TaskSchedule,
} from './background-task.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface TaskRunnerOptions {
  readonly queue: TaskQueue;
  readonly handlers: ReadonlyMap<string, TaskHandler>;
  readonly schedules: readonly TaskSchedule[];
  readonly clock: Clock;
  /** Tasks that are done at once. */
  readonly concurrency: number;
  /** Told of an attempt that failed, and (task null) of a queue that cannot be read or written. */
  readonly onFailure: (error: unknown, task: BackgroundTask | null) => void;
  /** Nobody else can be doing tasks of these kinds: what the last process had in hand goes on at once, and not when its lease ends. */
  readonly alone?: true;
  /** A task whose runner is silent for so long is begun again by another. Default 30 s. */
  readonly leaseMs?: number;
  /** How often to look for tasks that nobody told of: other processes' and those whose time has come. Default 1 s. */
  readonly pollMs?: number;
  /** Default Math.random; only for the spread of retries. */
  readonly random?: () => number;
}

/** Why a handler is told to stop. */
type StopReason = 'canceled' | 'lost' | 'stopping';

interface Running {
  readonly task: BackgroundTask;
  readonly abort: AbortController;
  progress: number | null;
}

/**
 * Claims tasks and does them, a few at once. A claimed task is leased: heartbeats hold it, and after a kill -9 the lease runs out
 * and whoever looks next begins the task again. Failed attempts come again later and later, up to the kind's most.
 */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #owner = randomUUID();
  readonly #kinds: readonly string[];
  readonly #leaseMs: number;
  readonly #running = new Map<number, Running>();
  readonly #ended = new Set<Promise<void>>();
  /** By schedule: the period whose task is there. */
  readonly #scheduled = new Map<TaskSchedule, number>();
  #timer: NodeJS.Timeout | null = null;
  #claiming: Promise<void> | null = null;
  #wokenWhileClaiming = false;
  #stopping = false;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
    this.#kinds = [...options.handlers.keys()];
    this.#leaseMs = options.leaseMs ?? 30_000;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), this.#options.pollMs ?? 1000);
    this.#timer.unref();
    const { queue, alone, onFailure } = this.#options;
    if (alone !== true) this.wake();
    else
      queue
        .release(this.#kinds)
        .catch((error: unknown) => onFailure(error, null))
        .finally(() => this.wake());
  }

  /** There may be something to do: looks at once. */
  wake(): void {
    if (this.#stopping) return;
    if (this.#claiming !== null) {
      this.#wokenWhileClaiming = true;
      return;
    }
    this.#claiming = this.#claimAll()
      .catch((error: unknown) => this.#options.onFailure(error, null))
      .finally(() => {
        this.#claiming = null;
        if (this.#wokenWhileClaiming) {
          this.#wokenWhileClaiming = false;
          this.wake();
        }
      });
  }

  /** A task was canceled: if it is done here, it is told now and not with its next heartbeat. */
  canceled(id: number): void {
    this.#running.get(id)?.abort.abort('canceled' satisfies StopReason);
  }

  /** Takes nothing more, tells what runs to stop, and waits for it. What did not end waits for the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#claiming;
    for (const { abort } of this.#running.values()) abort.abort('stopping' satisfies StopReason);
    await Promise.all(this.#ended);
  }

  async #claimAll(): Promise<void> {
    const { queue, concurrency } = this.#options;
    await this.#addScheduled();
    while (!this.#stopping && this.#running.size < concurrency) {
      const task = await queue.claim(this.#owner, this.#kinds, this.#leaseMs, [...this.#running.keys()]);
      if (!task) return;
      const running: Running = { task, abort: new AbortController(), progress: null };
      this.#running.set(task.id, running);
      const ended = this.#do(running).finally(() => {
        this.#running.delete(task.id);
        this.#ended.delete(ended);
        this.wake();
      });
      this.#ended.add(ended);
    }
  }

  async #addScheduled(): Promise<void> {
    const { queue, schedules, clock } = this.#options;
    for (const schedule of schedules) {
      const period = Math.floor(clock.nowMs() / schedule.everyMs);
      if (this.#scheduled.get(schedule) === period) continue;
      await queue.addScheduled(schedule.kind, period);
      this.#scheduled.set(schedule, period);
    }
  }

  async #do(running: Running): Promise<void> {
    const { task, abort } = running;
    const { onFailure, queue } = this.#options;
    const beating = setInterval(() => void this.#beat(running), this.#leaseMs / 3);
    beating.unref();
    try {
      const end = await this.#attempt(running);
      const reason = abort.signal.aborted ? (abort.signal.reason as StopReason) : null;
      if (reason === 'canceled' && end.state !== 'done') await queue.stopped(task.id, this.#owner, stoppedText(running));
      else if (reason !== 'lost') await queue.end(task.id, this.#owner, end);
    } catch (error) {
      // The catalog does not answer: the lease runs out, and the task begins again.
      onFailure(error, task);
    } finally {
      clearInterval(beating);
    }
  }

  async #attempt(running: Running): Promise<TaskEnd> {
    const { task, abort } = running;
    const { clock, handlers, onFailure, random = Math.random } = this.#options;
    const handler = handlers.get(task.kind);
    if (!handler) throw new Error(`nobody does tasks of kind ${task.kind}`);
    if (task.attempts > handler.mostAttempts)
      return { state: 'failed', error: `begun ${task.attempts - 1} times, and the server ended each time before the task did` };
    const control: TaskControl = {
      signal: abort.signal,
      progress: (percent) => {
        running.progress = Math.max(0, Math.min(100, Math.floor(percent)));
      },
    };
    try {
      await handler.run(task, control);
      return { state: 'done' };
    } catch (error) {
      if (abort.signal.aborted) return { state: 'waiting', error: null, nextAttemptMs: clock.nowMs(), counts: false };
      onFailure(error, task);
      const text = error instanceof TaskFault ? error.message : 'an internal error; the log has it under this task';
      if (task.attempts >= handler.mostAttempts) return { state: 'failed', error: text };
      return { state: 'waiting', error: text, nextAttemptMs: clock.nowMs() + retryDelayMs(task.attempts, random()), counts: true };
    }
  }

  async #beat(running: Running): Promise<void> {
    const { queue, onFailure } = this.#options;
    try {
      const hold = await queue.heartbeat(running.task.id, this.#owner, this.#leaseMs, running.progress);
      if (hold !== 'held') running.abort.abort(hold satisfies StopReason);
    } catch (error) {
      onFailure(error, running.task);
    }
  }
}

const stoppedText = ({ progress }: Running): string => (progress === null ? 'canceled while it ran' : `canceled at ${progress}%`);
