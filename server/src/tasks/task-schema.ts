import { Type, type TSchema } from 'typebox';
import { taskKinds, taskStates } from './task.ts';

const shown = { readOnly: true } as const;
const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()], shown);
const oneOf = (words: readonly string[], more: { readonly readOnly?: true } = {}) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    more,
  );

/** A task on the wire: `/task` (additions.md section 2). */
export const taskSchema = Type.Object({
  id: Type.Integer(shown),
  kind: oneOf(taskKinds, shown),
  state: oneOf(taskStates),
  member_id: nullable(Type.Integer()),
  subject: nullable(Type.Object({ type: Type.String(), id: Type.Integer() })),
  progress: nullable(Type.Integer({ minimum: 0, maximum: 100 })),
  attempts: Type.Integer(shown),
  error: nullable(Type.String()),
  created_on: Type.String(shown),
  started_on: nullable(Type.String()),
  next_attempt_on: nullable(Type.String()),
  finished_on: nullable(Type.String()),
});

/** What a person can send: where the task is to go. */
export const taskChangeSchema = Type.Object({
  ...taskSchema.properties,
  state: Type.Union([Type.Literal('canceled'), Type.Literal('waiting')]),
});
