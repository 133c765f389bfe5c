import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { insertTask } from './store/task-table.ts';
import type { NewTask } from './task.ts';

/** Asks for background work, in the transaction of its cause: it is done if and only if the change is committed. Answers its id. */
export const addTask = (change: CatalogChange, task: NewTask): Promise<number> => insertTask(change, task, null);
