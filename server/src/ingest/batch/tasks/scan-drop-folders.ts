import type { TaskHandler, TaskSchedule } from '../../../background/background-task.ts';
import type { TaskKind } from '../../../tasks/task.ts';
import type { DropFolders } from '../drop/drop-folders.ts';

const kind = 'scan-drop-folder' satisfies TaskKind;
/** The first four within a quarter of a minute; after the last the next period begins anew. */
const mostAttempts = 5;

/** `FOYER_DROP_SCAN_S`. */
export const scanDropFoldersEvery = (everyMs: number): TaskSchedule => ({ kind, everyMs });

/** The task `scan-drop-folder`: one look at all drop folders. Whoever runs it runs one at a time. */
export const scanDropFolders = (folders: DropFolders): TaskHandler => ({
  mostAttempts,
  run: (_task, { signal }) => folders.scan(signal),
});
