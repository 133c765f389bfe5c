import { Type } from 'typebox';

const nullableText = (maxLength: number) => Type.Union([Type.String({ maxLength }), Type.Null()]);
const state = Type.Union([Type.Literal('active'), Type.Literal('inactive')]);
const nullableCount = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);

/** The member on the wire: `/member` (Member Service; platform.md section 4). */
export const memberSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  name: Type.String({ minLength: 1, maxLength: 255 }),
  billing_name: Type.String({ minLength: 1, maxLength: 255 }),
  state,
  active: Type.Boolean({ readOnly: true }),
  code: nullableText(50),
  primary_type: Type.Union(['network', 'buyer', 'seller', 'data_provider', 'bidder'].map((type) => Type.Literal(type))),
  platform_exposure: Type.Union(['public', 'private', 'hidden'].map((exposure) => Type.Literal(exposure))),
  bidder_id: Type.Union([Type.Integer(), Type.Null()], { readOnly: true }),
  timezone: Type.String({ minLength: 1, maxLength: 50 }),
  default_currency: Type.String({ pattern: '^[A-Z]{3}$', patternFault: 'must be three capital letters such as USD' }),
  contact_email: nullableText(320),
  externally_integrated_dsp: Type.Boolean(),
  reads_per_minute: nullableCount,
  writes_per_minute: nullableCount,
  domain: Type.Union([
    Type.String({
      maxLength: 253,
      pattern: '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$',
      patternFault: 'must be a domain name such as data.example',
    }),
    Type.Null(),
  ]),
  reach_per_day: nullableCount,
  segment_limit: nullableCount,
  membership_limit: nullableCount,
  last_modified: Type.String({ readOnly: true }),
});

/** The advertiser on the wire: `/advertiser` (platform.md section 4). */
export const advertiserSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  member_id: Type.Integer({ readOnly: true }),
  name: Type.String({ minLength: 1, maxLength: 255 }),
  code: nullableText(50),
  state,
  last_modified: Type.String({ readOnly: true }),
});
