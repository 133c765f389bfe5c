import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { TaskTable } from '../storage/sql/catalog-schema.ts';

/** What must follow when a person moves a task. */
export interface TaskHooks {
  /** In the same change: what the task is about goes with it. */
  moves(change: CatalogChange, task: TaskTable, state: 'canceled' | 'waiting'): Promise<void>;
  /** After the commit: whoever does the task is to stop. */
  canceled(task: number): void;
}
