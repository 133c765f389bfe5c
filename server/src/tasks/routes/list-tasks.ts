import { listOwn } from '../../access/list-own.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { listTasks as listRows } from '../store/task-table.ts';
import { taskSchema } from '../task-schema.ts';
import { taskFields, taskOnWire } from '../task-wire.ts';

/** `GET /task`: background work about the member's objects; administrators see all (additions.md section 2). */
export const listTasks = (db: CatalogReader): AccountOperation => ({
  id: 'listTasks',
  method: 'GET',
  paths: ['/task', '/task/:first'],
  summary: 'What runs, waits and ended in the background',
  access: reading,
  answer: taskSchema,
  handle: listOwn({
    keys: { one: 'task', many: 'tasks' },
    fields: taskFields,
    read: (member, list) => listRows(db, member, list),
    show: taskOnWire,
  }),
});

/** `GET /task/meta`. */
export const describeTasks = (): AccountOperation => metaOperation('describeTasks', ['/task'], 'background tasks', taskFields);
