import type { ListFields } from '../kit/list-query.ts';
import { formatTimestamp } from '../kit/timestamp.ts';
import type { TaskTable } from '../storage/sql/catalog-schema.ts';

export const taskFields: ListFields = {
  id: { type: 'int', column: 'task.id', search: true },
  kind: { type: 'enum', column: 'task.kind' },
  state: { type: 'enum', column: 'task.state' },
  member_id: { type: 'int', column: 'task.member_id' },
  subject: { type: 'string' },
  progress: { type: 'int', column: 'task.progress' },
  attempts: { type: 'int', column: 'task.attempts' },
  error: { type: 'string', column: 'task.error' },
  created_on: { type: 'timestamp', column: 'task.created_on' },
  started_on: { type: 'timestamp', column: 'task.started_on' },
  next_attempt_on: { type: 'timestamp', column: 'task.next_attempt_on' },
  finished_on: { type: 'timestamp', column: 'task.finished_on' },
};

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : formatTimestamp(ms));

export const taskOnWire = (row: TaskTable) => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  member_id: row.member_id,
  subject: row.subject_type === null || row.subject_id === null ? null : { type: row.subject_type, id: row.subject_id },
  progress: row.progress,
  attempts: row.attempts,
  error: row.error,
  created_on: formatTimestamp(row.created_on),
  started_on: timeOrNull(row.started_on),
  next_attempt_on: timeOrNull(row.next_attempt_on),
  finished_on: timeOrNull(row.finished_on),
});
