import { Type } from 'typebox';
import { memberSchema } from '../members/member-schema.ts';
import { segmentSchema } from '../segments/segment-schema.ts';

const id = Type.Integer({ minimum: 1 });
const limit = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);
const { state, code, platform_exposure, timezone, default_currency, contact_email } = memberSchema.properties;

/** The kinds of objects in a file, in the order in which they are imported, and their fields (platform.md section 11). */
export const importKinds = {
  members: {
    schema: Type.Object({
      id,
      name: Type.String({ minLength: 1, maxLength: 255 }),
      kind: Type.Union(['platform', 'network', 'buyer', 'seller', 'data_provider', 'bidder'].map((kind) => Type.Literal(kind))),
      externally_integrated_dsp: Type.Boolean(),
      reads_per_minute: limit,
      writes_per_minute: limit,
      state,
      code,
      platform_exposure,
      timezone,
      default_currency,
      contact_email,
    }),
    required: ['id', 'name', 'kind'],
  },
  users: {
    schema: Type.Object({
      id,
      member_id: id,
      username: Type.String({ minLength: 1, maxLength: 200 }),
      password: Type.String({ minLength: 1, maxLength: 200 }),
      role: Type.Union([Type.Literal('admin'), Type.Literal('member'), Type.Literal('viewer')]),
      state: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
      logins_per_5_minutes: limit,
      email: Type.String({ maxLength: 320 }),
      first_name: Type.String({ maxLength: 200 }),
      last_name: Type.String({ maxLength: 200 }),
    }),
    required: ['id', 'member_id', 'username', 'password'],
  },
  advertisers: {
    schema: Type.Object({
      id,
      member_id: id,
      name: Type.String({ minLength: 1, maxLength: 255 }),
      code: Type.Union([Type.String({ maxLength: 50 }), Type.Null()]),
      state: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
    }),
    required: ['id', 'member_id', 'name'],
  },
  segments: {
    schema: Type.Object({ ...segmentSchema.properties, id, member_id: id }),
    required: ['id', 'member_id'],
  },
  enabled_data_providers: {
    schema: Type.Object({ buyer_member_id: id, data_member_id: id }),
    required: ['buyer_member_id', 'data_member_id'],
  },
  member_segment_access: {
    schema: Type.Object({ member_id: id, segment_owner_member_id: id }),
    required: ['member_id', 'segment_owner_member_id'],
  },
  data_categories: {
    schema: Type.Object({ id, member_id: id, name: Type.String({ minLength: 1, maxLength: 255 }) }),
    required: ['id', 'member_id', 'name'],
  },
} as const;

export type ImportKind = keyof typeof importKinds;
export const importKindNames = Object.keys(importKinds) as ImportKind[];
