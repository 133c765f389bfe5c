import type { TaskHandler, TaskSchedule } from '../background/background-task.ts';
import type { TaskKind } from './task.ts';

const dayMs = 24 * 3600_000;
const kind = 'expire-records' satisfies TaskKind;

/** Once a UTC day. */
export const expireRecordsDaily: TaskSchedule = { kind, everyMs: dayMs };

/** Takes away what is kept for a time only: one purge after the other; each can be done again at any time. */
export const expireRecords = (purges: readonly (() => Promise<unknown>)[]): TaskHandler => ({
  mostAttempts: 5,
  async run(_task, { signal, progress }) {
    for (const [done, purge] of purges.entries()) {
      signal.throwIfAborted();
      await purge();
      progress(((done + 1) / purges.length) * 100);
    }
  },
});
