import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { findOpenTask, moveTask } from './store/task-table.ts';
import type { TaskKind } from './task.ts';

/** Cancels the task of a kind about a subject that waits or runs. Answers its id, for its runner to be told; null where there is none. */
export async function cancelTaskOf(change: CatalogChange, kind: TaskKind, subjectId: number, auditMember: number): Promise<number | null> {
  const task = await findOpenTask(change.db, kind, subjectId);
  if (!task) return null;
  await moveTask(change, task, 'canceled', auditMember);
  return task.id;
}
