/** What a task can be (additions.md section 2; `expire-records` is ours, docs/decisions/0017). */
export const taskKinds = [
  'load-batch',
  'run-share',
  'scan-drop-folder',
  'sweep-segment',
  'erase-user',
  'snapshot',
  'import',
  'expire-records',
] as const;
export type TaskKind = (typeof taskKinds)[number];

/** Work that is asked for. */
export interface NewTask {
  readonly kind: TaskKind;
  /** Whose objects it is about; null: the server's own. */
  readonly memberId: number | null;
  readonly subject: { readonly type: string; readonly id: number } | null;
}

export const taskStates = ['waiting', 'running', 'done', 'failed', 'canceled'] as const;
export type TaskState = (typeof taskStates)[number];

/** The states that a person can give a task, and from which. */
const from: Readonly<Record<'canceled' | 'waiting', readonly TaskState[]>> = {
  canceled: ['waiting', 'running'],
  waiting: ['failed', 'canceled'],
};

/** May a person move a task so? */
export const mayMove = (before: TaskState, after: 'canceled' | 'waiting'): boolean => from[after].includes(before);

const dayMs = 24 * 3600_000;
/** How long ended tasks stay. */
export const keptMs: Readonly<Record<'done' | 'failed' | 'canceled', number>> = {
  done: 7 * dayMs,
  failed: 30 * dayMs,
  canceled: 30 * dayMs,
};
