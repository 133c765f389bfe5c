import { Type } from 'typebox';

const nullableText = (maxLength: number) => Type.Union([Type.String({ maxLength }), Type.Null()]);
const nullableId = Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]);
const idList = Type.Union([Type.Array(Type.Object({ id: Type.Integer({ minimum: 1 }) }, { required: ['id'] })), Type.Null()]);

export const querystringMappingSchema = Type.Object(
  {
    param: Type.String({ minLength: 1, maxLength: 255 }),
    value_type: Type.Union([Type.Literal('text'), Type.Literal('numeric'), Type.Literal('none')]),
    values: Type.Union([Type.Array(Type.String({ maxLength: 255 })), Type.Null()]),
    allow_empty_text: Type.Boolean(),
    publishers: idList,
    sites: idList,
    placements: idList,
  },
  { required: ['param', 'value_type'] },
);

const keyValueSchema = Type.Object(
  { qs_key: Type.String({ minLength: 1, maxLength: 255 }), qs_value: nullableText(255) },
  { required: ['qs_key', 'qs_value'] },
);

/** The segment on the wire: `/segment` (Segment Service; platform.md section 5). */
export const segmentSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  code: nullableText(50),
  short_name: nullableText(255),
  description: Type.Union([
    Type.String({ maxLength: 500, pattern: "^[^'\\\\]*$", patternFault: "must hold neither an apostrophe (') nor a backslash (\\)" }),
    Type.Null(),
  ]),
  state: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
  member_id: Type.Integer({ minimum: 1 }),
  advertiser_id: nullableId,
  expire_minutes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  enable_rm_piggyback: Type.Boolean(),
  max_usersync_pixels: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  piggyback_pixels: Type.Union([
    Type.Array(
      Type.Object(
        {
          url: Type.String({
            maxLength: 2048,
            pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#"<>]+[^\\s"<>]*$',
            patternFault: 'must be an http or https URL',
          }),
          pixel_type: Type.Union([Type.Literal('js'), Type.Literal('img')]),
        },
        { required: ['url', 'pixel_type'] },
      ),
    ),
    Type.Null(),
  ]),
  client_side: Type.Boolean(),
  parent_segment_id: nullableId,
  querystring_mapping: Type.Union([querystringMappingSchema, Type.Null()]),
  querystring_mapping_key_value: Type.Union([keyValueSchema, Type.Null()]),
  taxonomy_id: Type.Union([Type.String({ castsNumbers: true }), Type.Null()]),
  provider_id: Type.Union([Type.Integer(), Type.Null()], { readOnly: true }),
  provider: Type.Union([Type.String(), Type.Null()], { readOnly: true }),
  category: Type.Union([Type.String(), Type.Null()], { readOnly: true }),
  price: Type.Integer({ readOnly: true }),
  object_type: Type.String({ readOnly: true }),
  last_modified: Type.String({ readOnly: true }),
});
