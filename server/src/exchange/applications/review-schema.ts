import { Type } from 'typebox';
import { applicationStates } from './application.ts';

const states = Type.Union(applicationStates.map((state) => Type.Literal(state)));
const reason = Type.Union([Type.String({ maxLength: 500 }), Type.Null()]);
const readOnly = {
  id: Type.Integer({ readOnly: true }),
  member_id: Type.Integer({ readOnly: true }),
  requested_on: Type.String({ readOnly: true }),
  decided_on: Type.Union([Type.String(), Type.Null()], { readOnly: true }),
  last_modified: Type.String({ readOnly: true }),
};

/** `/application-review` on the wire, as it is asked (additions.md section 6). */
export const reviewSchema = Type.Object({
  ...readOnly,
  application_id: Type.Integer({ minimum: 1 }),
  state: Type.Union([...states.anyOf], { readOnly: true }),
  reason: Type.Union([...reason.anyOf], { readOnly: true }),
});

/** The same as it is decided. */
export const reviewDecisionSchema = Type.Object({ ...readOnly, application_id: Type.Integer({ readOnly: true }), state: states, reason });
