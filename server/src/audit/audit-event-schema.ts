import { Type } from 'typebox';

const textOrNull = Type.Union([Type.String(), Type.Null()]);
const idOrNull = Type.Union([Type.Integer(), Type.Null()]);
const fieldsOrNull = Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]);

/** An event of the audit trail on the wire: `/audit-event` (additions.md section 1). */
export const auditEventSchema = Type.Object(
  {
    id: Type.Integer(),
    created_on: Type.String(),
    request_id: textOrNull,
    account_id: idOrNull,
    username: textOrNull,
    account_member_id: idOrNull,
    member_id: Type.Integer(),
    operation: Type.String(),
    object_type: Type.String(),
    object_id: Type.String(),
    before: fieldsOrNull,
    after: fieldsOrNull,
  },
  { readOnly: true },
);
