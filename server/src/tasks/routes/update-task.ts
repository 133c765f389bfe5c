import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedId, notFound, oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import type { TaskHooks } from '../task-hooks.ts';
import { moveTask, readTask } from '../store/task-table.ts';
import { taskErrors } from '../task-errors.ts';
import { mayMove, type TaskState } from '../task.ts';
import { taskChangeSchema, taskSchema } from '../task-schema.ts';
import { taskOnWire } from '../task-wire.ts';

/** `PUT /task?id=`: cancels a task, or lets a failed or canceled one begin anew, now. */
export const updateTask = (catalog: Catalog, hooks: TaskHooks): AccountOperation => ({
  id: 'updateTask',
  method: 'PUT',
  paths: ['/task', '/task/:first'],
  summary: 'Cancel a background task, or begin it again',
  access: writing,
  body: taskChangeSchema,
  answer: taskSchema,
  async handle(call) {
    const id = addressedId(call.parameters, call.path.first);
    const sight = sightOf(call, 'member_id');
    const { state } = readObject(taskChangeSchema, readOne(call.body, 'task', call.warnings), 'task', call.warnings);
    const row = await catalog.change(changeContext(call, 'updateTask'), async (change) => {
      const before = await readTask(change.db, id);
      if (!before || (sight !== null && before.member_id !== sight)) throw notFound('task', 'id', id);
      if (state === undefined) return before;
      if (!mayMove(before.state as TaskState, state)) throw refusal(taskErrors.cannotMove, { before: before.state, after: state });
      await hooks.moves(change, before, state);
      return moveTask(change, before, state, call.caller.memberId);
    });
    if (state === 'canceled') hooks.canceled(id);
    return oneAnswer('task', taskOnWire(row), { id });
  },
});
