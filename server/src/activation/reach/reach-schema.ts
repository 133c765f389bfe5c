import { Type } from 'typebox';

/** One segment of `GET /segment-stats` (activation.md section 5). */
export const segmentStatsSchema = Type.Object({
  segment_id: Type.Integer(),
  live_users: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'null: not told' }),
  floor: Type.Union([Type.Integer(), Type.Null()], {
    description: 'The least number that is told of a segment of another member; null for own ones',
  }),
});
