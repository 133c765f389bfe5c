import { Type } from 'typebox';

const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** The account on the wire: `/user` (User Service; platform.md section 2). */
export const accountSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  username: Type.String({ minLength: 1, maxLength: 200 }),
  password: Type.String({ writeOnly: true }),
  first_name: Type.String({ maxLength: 200 }),
  last_name: Type.String({ maxLength: 200 }),
  email: Type.String({ maxLength: 320 }),
  phone: nullable(Type.String({ maxLength: 50 })),
  user_type: Type.Union([Type.Literal('admin'), Type.Literal('member'), Type.Literal('bidder')]),
  read_only: Type.Boolean(),
  api_login: Type.Boolean(),
  entity_id: Type.Integer({ minimum: 1 }),
  entity_name: Type.String({ readOnly: true }),
  state: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
  timezone: Type.String({ readOnly: true }),
  password_expires_on: nullable(
    Type.String({
      pattern: '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$',
      patternFault: 'must be a date such as 2026-01-31 00:00:00 or null',
    }),
  ),
  last_modified: Type.String({ readOnly: true }),
});

/** The login on the wire: `POST /auth`. */
export const loginSchema = Type.Object({ username: Type.String(), password: Type.String() });
