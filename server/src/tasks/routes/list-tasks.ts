import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
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
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, taskFields), ids);
    const { rows, count } = await listRows(db, member, list);
    const shown = rows.map((row) => trimmed(taskOnWire(row), list.shown));
    return listedAnswer({ one: 'task', many: 'tasks' }, list, shown, count);
  },
});

/** `GET /task/meta`. */
export const describeTasks = (): AccountOperation => metaOperation('describeTasks', ['/task'], 'background tasks', taskFields);
