import type { ListQuery } from '../../kit/list-query.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, TaskTable } from '../../storage/sql/catalog-schema.ts';
import { runsOf } from '../../storage/sql/id-runs.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import { keptMs, type NewTask, type TaskKind } from '../task.ts';
import { taskFields } from '../task-wire.ts';

/** Adds a waiting task that is due now. `onceKey`: nothing happens where a task with this key was ever added; the answer is 0 then. */
export async function insertTask(change: CatalogChange, { kind, memberId, subject }: NewTask, onceKey: string | null): Promise<number> {
  const id = await change.newIds('task');
  const row: TaskTable = {
    id,
    kind,
    state: 'waiting',
    member_id: memberId,
    subject_type: subject?.type ?? null,
    subject_id: subject?.id ?? null,
    once_key: onceKey,
    progress: null,
    attempts: 0,
    error: null,
    created_on: change.nowMs,
    started_on: null,
    next_attempt_on: change.nowMs,
    finished_on: null,
    lease_owner: null,
    lease_until: null,
  };
  const made = await change.db
    .insertInto('task')
    .values(row)
    .onConflict((conflict) => conflict.column('once_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!made) return 0;
  change.touch('task', id);
  return id;
}

/** The tasks about a member's objects; null sees all, the server's own too. */
export function listTasks(db: CatalogReader, member: number | null, query: ListQuery) {
  const all = db.selectFrom('task').selectAll();
  return listRows(member === null ? all : all.where('member_id', '=', member), taskFields, query);
}

export function readTask(db: CatalogReader, id: number): Promise<TaskTable | undefined> {
  return db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The task of a kind about a subject that waits or runs. */
export function findOpenTask(db: CatalogReader, kind: TaskKind, subjectId: number): Promise<TaskTable | undefined> {
  return db
    .selectFrom('task')
    .selectAll()
    .where('kind', '=', kind)
    .where('subject_id', '=', subjectId)
    .where('state', 'in', ['waiting', 'running'])
    .executeTakeFirst();
}

/** A person cancels a task, or lets it begin anew. `auditMember`: whose trail tells of the server's own tasks. */
export async function moveTask(
  change: CatalogChange,
  before: TaskTable,
  state: 'canceled' | 'waiting',
  auditMember: number,
): Promise<TaskTable> {
  const again = {
    attempts: 0,
    progress: null,
    error: null,
    next_attempt_on: change.nowMs,
    finished_on: null,
    lease_owner: null,
    lease_until: null,
  };
  // Whoever runs it keeps its name on it, to note where it stopped.
  const ended = { finished_on: change.nowMs, next_attempt_on: null, lease_until: null };
  const after: TaskTable = { ...before, state, ...(state === 'waiting' ? again : ended) };
  await change.db.updateTable('task').set(after).where('id', '=', before.id).execute();
  change.record({
    objectType: 'task',
    objectId: before.id,
    memberId: before.member_id ?? auditMember,
    before: { state: before.state },
    after: { state },
  });
  change.touch('task', before.id);
  return after;
}

const rowsPerRun = 500;

/** Takes away ended tasks whose time is over. */
export async function purgeTasks(db: CatalogReader, nowMs: number): Promise<void> {
  for (const [state, forMs] of Object.entries(keptMs)) {
    for (;;) {
      const old = await db
        .selectFrom('task')
        .select('id')
        .where('state', '=', state)
        .where('finished_on', '<', nowMs - forMs)
        .limit(rowsPerRun)
        .execute();
      for (const ids of runsOf(old.map(({ id }) => id))) await db.deleteFrom('task').where('id', 'in', ids).execute();
      if (old.length < rowsPerRun) break;
    }
  }
}
