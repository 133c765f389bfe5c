import type { BackgroundTask, Hold, TaskEnd, TaskQueue } from '../../background/background-task.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { byServer } from '../../storage/sql/catalog-change.ts';
import { taskKinds, type TaskKind } from '../task.ts';
import { insertTask } from './task-table.ts';

/**
 * The queue in the catalog's table `task`. Every step is one statement that names the state it expects, so that two runners never
 * have the same task on either database: who comes second changes no row.
 */
export class CatalogTaskQueue implements TaskQueue {
  readonly #catalog: Catalog;
  readonly #clock: Clock;

  constructor(catalog: Catalog, clock: Clock) {
    this.#catalog = catalog;
    this.#clock = clock;
  }

  async claim(owner: string, kinds: readonly string[], leaseMs: number, except: readonly number[]): Promise<BackgroundTask | undefined> {
    const nowMs = this.#clock.nowMs();
    for (;;) {
      const due = await this.#due(kinds, except, nowMs);
      if (!due) return undefined;
      const claimed = await this.#catalog.read
        .updateTable('task')
        .set({
          state: 'running',
          lease_owner: owner,
          lease_until: nowMs + leaseMs,
          attempts: due.attempts + 1,
          started_on: nowMs,
          next_attempt_on: null,
          error: null,
        })
        .where('id', '=', due.id)
        .where('state', '=', due.state)
        .where('attempts', '=', due.attempts)
        .where((eb) => (due.lease_until === null ? eb('lease_until', 'is', null) : eb('lease_until', '=', due.lease_until)))
        .executeTakeFirst();
      if (claimed.numUpdatedRows > 0n) return { id: due.id, kind: due.kind, subjectId: due.subject_id, attempts: due.attempts + 1 };
    }
  }

  async heartbeat(id: number, owner: string, leaseMs: number, progress: number | null): Promise<Hold> {
    const { read } = this.#catalog;
    const held = await read
      .updateTable('task')
      .set({ lease_until: this.#clock.nowMs() + leaseMs, progress })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .where('lease_owner', '=', owner)
      .executeTakeFirst();
    if (held.numUpdatedRows > 0n) return 'held';
    const row = await read.selectFrom('task').select('state').where('id', '=', id).where('lease_owner', '=', owner).executeTakeFirst();
    return row?.state === 'canceled' ? 'canceled' : 'lost';
  }

  async end(id: number, owner: string, end: TaskEnd): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const again = end.state === 'waiting';
    await this.#catalog.read
      .updateTable('task')
      .set((eb) => ({
        state: end.state,
        error: end.state === 'done' ? null : end.error,
        finished_on: again ? null : nowMs,
        next_attempt_on: again ? end.nextAttemptMs : null,
        lease_owner: null,
        lease_until: null,
        ...(end.state === 'done' ? { progress: 100 } : {}),
        ...(again && !end.counts ? { attempts: eb('attempts', '-', 1) } : {}),
      }))
      .where('id', '=', id)
      .where('state', '=', 'running')
      .where('lease_owner', '=', owner)
      .execute();
  }

  async stopped(id: number, owner: string, text: string): Promise<void> {
    await this.#catalog.read
      .updateTable('task')
      .set({ error: text, lease_owner: null })
      .where('id', '=', id)
      .where('state', '=', 'canceled')
      .where('lease_owner', '=', owner)
      .execute();
  }

  async release(kinds: readonly string[]): Promise<void> {
    await this.#catalog.read
      .updateTable('task')
      .set({ lease_until: this.#clock.nowMs() })
      .where('kind', 'in', kinds)
      .where('state', '=', 'running')
      .execute();
  }

  async addScheduled(kind: string, period: number): Promise<void> {
    const known = taskKinds.find((name): name is TaskKind => name === kind);
    if (!known) throw new Error(`no task is of kind ${kind}`);
    await this.#catalog.change(byServer('addTask'), (change) =>
      insertTask(change, { kind: known, memberId: null, subject: null }, `${kind}:${period}`),
    );
  }

  /** Of waiting ones by the time they wait for, then of those whose lease ran out. */
  async #due(kinds: readonly string[], except: readonly number[], nowMs: number) {
    const ofKinds = this.#catalog.read
      .selectFrom('task')
      .select(['id', 'kind', 'state', 'subject_id', 'attempts', 'lease_until'])
      .where('kind', 'in', kinds)
      .$if(except.length > 0, (query) => query.where('id', 'not in', except));
    const waiting = await ofKinds
      .where('state', '=', 'waiting')
      .where('next_attempt_on', '<=', nowMs)
      .orderBy('next_attempt_on')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (waiting) return waiting;
    return ofKinds
      .where('state', '=', 'running')
      .where('lease_until', '<=', nowMs)
      .orderBy('lease_until')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
  }
}
