import { Type } from 'typebox';

/** The sharing record on the wire: `/member-data-sharing` (Member Data Sharing Service; platform.md section 6). */
export const sharingRecordSchema = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  data_member_id: Type.Integer({ minimum: 1 }),
  buyer_member_id: Type.Integer({ minimum: 1 }),
  segment_exposure: Type.Union([Type.Literal('all'), Type.Literal('list')]),
  segments: Type.Union([
    Type.Array(
      Type.Object(
        { id: Type.Integer({ minimum: 1 }), name: Type.Union([Type.String(), Type.Null()], { readOnly: true }) },
        { required: ['id'] },
      ),
    ),
    Type.Null(),
  ]),
  export_allowed: Type.Boolean(),
});
