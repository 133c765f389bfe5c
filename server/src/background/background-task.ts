/** One unit of work, claimed by a runner and held by a lease. */
export interface BackgroundTask {
  readonly id: number;
  /** Says which handler does it. */
  readonly kind: string;
  /** What it is about; null where the kind says it all. */
  readonly subjectId: number | null;
  /** How often it was begun, this time included. */
  readonly attempts: number;
}

/** What a handler can ask and tell while it works. */
export interface TaskControl {
  /** Aborted when the task is canceled, when its lease was lost, and when the server stops: end soon, and leave what is done. */
  readonly signal: AbortSignal;
  /** How much is done, 0 to 100; shown with the next heartbeat. */
  progress(percent: number): void;
}

/**
 * Does the tasks of one kind. A crash, or a lease that ran out, begins the same task again, so what is done twice must come out
 * as if it were done once. Returning means done; ending early because of the signal means throwing. What it throws is tried again,
 * later and later.
 */
export interface TaskHandler {
  /** Times that a task is begun before it counts as failed. */
  readonly mostAttempts: number;
  run(task: BackgroundTask, control: TaskControl): Promise<void>;
}

/** Thrown by a handler: its text is shown to the task's member. What any other error says is for the log alone. */
export class TaskFault extends Error {
  override readonly name = 'TaskFault';
}

/** Adds a task of this kind once in every period, whatever the number of servers. */
export interface TaskSchedule {
  readonly kind: string;
  readonly everyMs: number;
}

/** How a claimed task ended. */
export type TaskEnd =
  | { readonly state: 'done' }
  /** Tried again at `nextAttemptMs`; an attempt that the server's own end cut off does not count. */
  | { readonly state: 'waiting'; readonly error: string | null; readonly nextAttemptMs: number; readonly counts: boolean }
  | { readonly state: 'failed'; readonly error: string };

/** Whether a claimed task is still the runner's: `canceled` by somebody, or `lost` to another runner after its lease ran out. */
export type Hold = 'held' | 'canceled' | 'lost';

/** Where tasks are kept: the catalog. Several runners, in several processes, may share one. All times in epoch milliseconds. */
export interface TaskQueue {
  /**
   * Takes the task that has been due longest, of these kinds: one that waits, or one whose runner let its lease run out. No two
   * runners get the same one. `except`: tasks that this runner still has in hand.
   */
  claim(owner: string, kinds: readonly string[], leaseMs: number, except: readonly number[]): Promise<BackgroundTask | undefined>;
  /** Holds a claimed task for `leaseMs` more. */
  heartbeat(id: number, owner: string, leaseMs: number, progress: number | null): Promise<Hold>;
  /** Ends a claimed task; nothing happens where it is not the owner's any more. */
  end(id: number, owner: string, end: TaskEnd): Promise<void>;
  /** Takes tasks of these kinds from whoever holds them, so that they can be claimed at once. */
  release(kinds: readonly string[]): Promise<void>;
  /** Adds the task of a schedule for a period (a number that grows), unless it was added before. */
  addScheduled(kind: string, period: number): Promise<void>;
  /** Notes where a canceled task stopped. */
  stopped(id: number, owner: string, text: string): Promise<void>;
}
