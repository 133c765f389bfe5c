import { Type } from 'typebox';

const idsOrNull = Type.Union([Type.Array(Type.Integer()), Type.Null()], { readOnly: true });
const textOrNull = Type.Union([Type.String(), Type.Null()], { readOnly: true });

/** `/notice` on the wire (additions.md section 7; activation.md section 6). Only `read` can be set. */
export const noticeSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  created_on: Type.String({ readOnly: true }),
  member_id: Type.Integer({ readOnly: true }),
  kind: Type.String({ readOnly: true }),
  severity: Type.String({ readOnly: true, description: 'info, warning or error' }),
  text: Type.String({ readOnly: true }),
  subject: Type.Union([Type.Object({ type: Type.String(), id: Type.Integer() }), Type.Null()], { readOnly: true }),
  details: Type.Object({}, { readOnly: true }),
  read: Type.Boolean(),
  reason: textOrNull,
  data_member_id: Type.Union([Type.Integer(), Type.Null()], { readOnly: true }),
  segments: Type.Union([Type.Array(Type.Object({ id: Type.Integer(), name: Type.Union([Type.String(), Type.Null()]) })), Type.Null()], {
    readOnly: true,
  }),
  effective_on: textOrNull,
  ends_targeting: Type.Union([Type.Boolean(), Type.Null()], { readOnly: true }),
  profiles: idsOrNull,
  campaigns_including: idsOrNull,
  campaigns_excluding: idsOrNull,
});
