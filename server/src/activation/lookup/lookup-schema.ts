import { Type } from 'typebox';

const timestampOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

/** The answer of `GET /user-segments` (ingest.md section 5). */
export const lookupSchema = Type.Object({
  user: Type.Object({
    user_id: Type.Union([Type.String(), Type.Null()], {
      description: 'A string, because user ids go beyond 2^53; null for an external id that is not mapped',
    }),
    domain: Type.Union([Type.String(), Type.Null()], { description: 'null: a user id' }),
    known: Type.Boolean(),
    opted_out: Type.Boolean(),
    mapped_until: timestampOrNull('When the mapping of an external id ends'),
  }),
  memberships: Type.Array(
    Type.Object({
      segment_id: Type.Integer(),
      code: Type.Union([Type.String(), Type.Null()]),
      member_id: Type.Integer({ description: "The segment's owner" }),
      value: Type.Integer(),
      added_at: Type.String(),
      expires_at: timestampOrNull('null: never'),
      lifetime_minutes: Type.Union([Type.Integer(), Type.Null()]),
      source: Type.Union(['pixel', 'instant', 'batch', 'share'].map((kind) => Type.Literal(kind))),
    }),
  ),
});
