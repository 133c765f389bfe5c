import { Type } from 'typebox';

const capacity = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);
const states = [
  Type.Literal('REQUESTED'),
  Type.Literal('ACCEPTED'),
  Type.Literal('REFUSED'),
  Type.Literal('WITHDRAWN'),
  Type.Literal('REVOKED'),
] as const;
const readOnlyTime = Type.Union([Type.String(), Type.Null()], { readOnly: true });

const given = {
  id: Type.Integer({ readOnly: true }),
  member_id: Type.Integer({ readOnly: true }),
  decided_on: readOnlyTime,
  decided_by: Type.Union([Type.Integer(), Type.Null()], { readOnly: true, description: 'The member that took the last step' }),
  created_on: Type.String({ readOnly: true }),
  last_modified: Type.String({ readOnly: true }),
};

/** `/segment-access-request` on the wire, as it is asked (additions.md section 5). */
export const accessRequestSchema = Type.Object({
  ...given,
  segment_owner_member_id: Type.Integer({ minimum: 1 }),
  message: Type.Union([Type.String({ maxLength: 500 }), Type.Null()]),
  unique_user_ids_per_post: capacity,
  posts_per_day: capacity,
  unique_segments_per_post: capacity,
  state: Type.Union([...states], { readOnly: true }),
});

/** The same as it is answered: the state alone can be set. */
export const accessDecisionSchema = Type.Object({
  ...given,
  segment_owner_member_id: Type.Integer({ readOnly: true }),
  message: Type.Union([Type.String(), Type.Null()], { readOnly: true }),
  unique_user_ids_per_post: Type.Union([Type.Integer(), Type.Null()], { readOnly: true }),
  posts_per_day: Type.Union([Type.Integer(), Type.Null()], { readOnly: true }),
  unique_segments_per_post: Type.Union([Type.Integer(), Type.Null()], { readOnly: true }),
  state: Type.Union([...states]),
});
