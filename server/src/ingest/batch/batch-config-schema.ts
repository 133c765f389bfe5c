import { Type } from 'typebox';

const separator = Type.Union([Type.String(), Type.Null()]);
const limit = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);

/** `/batch-segment-config` on the wire (Batch Segment Config Service; ingest.md section 4.8). */
export const batchConfigSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  member_id: Type.Integer({ minimum: 1 }),
  separator_1: separator,
  separator_2: separator,
  separator_3: separator,
  separator_4: separator,
  separator_5: separator,
  segment_fields: Type.Unsafe<string | readonly string[]>({}),
  default_expiration: Type.Integer({ minimum: -1, maximum: 2_147_483_647 }),
  default_domain: Type.String({ minLength: 1 }),
  use_external_uids: Type.Boolean(),
  uses_external_uids: Type.Boolean(),
  external_member_uid: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  member_segment_access: Type.Array(
    Type.Object({ segment_owner_member_id: Type.Integer({ minimum: 1 }) }, { required: ['segment_owner_member_id'] }),
  ),
  num_error_log_lines: Type.Integer({ minimum: 0, maximum: 999 }),
  num_invalid_before_error: Type.Integer({ minimum: 0 }),
  max_concurrent_uploads: limit,
  hourly_byte_limit: limit,
  daily_byte_limit: limit,
  hourly_num_lines_limit: limit,
  daily_num_lines_limit: limit,
  use_specific_geo: Type.Boolean(),
  require_known_users: Type.Boolean(),
  file_byte_limit: limit,
  undo_days: Type.Integer({ minimum: 0, maximum: 365 }),
  instant_posts_per_second: limit,
  instant_reads_per_second: limit,
  instant_users_per_second: limit,
  link_identifiers: Type.Union([Type.Literal('all'), Type.Literal('external'), Type.Literal('none')]),
  created_on: Type.String({ readOnly: true }),
  last_modified: Type.String({ readOnly: true }),
});
