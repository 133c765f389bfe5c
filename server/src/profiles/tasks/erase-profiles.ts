import type { TaskHandler, TaskSchedule } from '../../background/background-task.ts';
import { nowS, type Clock } from '../../kit/clock.ts';
import type { TaskKind } from '../../tasks/task.ts';
import type { ProfileStore } from '../profile-store.ts';

const dayS = 24 * 3600;

/** Once a UTC day. */
export const eraseProfilesDaily: TaskSchedule = { kind: 'snapshot' satisfies TaskKind, everyMs: dayS * 1000 };

/**
 * What an opt-out or a deletion ended is out of log and snapshots within `eraseDays` (`FOYER_ERASE_DAYS`; ingest.md section 1.6): a file
 * that would be too old by tomorrow's turn is replaced today. Tried until it is done.
 */
export const eraseProfiles = (profiles: Pick<ProfileStore, 'erase'>, clock: Clock, eraseDays: number): TaskHandler => ({
  mostAttempts: Number.POSITIVE_INFINITY,
  run: () => profiles.erase(nowS(clock) - (eraseDays - 1) * dayS),
});
