import { Type } from 'typebox';

const countOrNull = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'null: not told' });

const segmentDay = Type.Object({
  day: Type.String(),
  added: Type.Integer({ minimum: 0, description: 'Users that were new to the segment; refreshes are not counted' }),
  removed: Type.Integer({ minimum: 0, description: 'Users that were taken away: removed, replaced, forgotten, or merged into another' }),
  expired: Type.Integer({ minimum: 0, description: 'Users whose membership ended on that day' }),
  uniques: Type.Integer({ minimum: 0, description: 'Different users of the accepted additions of that day, refreshes too' }),
});

/** One segment of `GET /segment-stats` (activation.md section 5; additions.md section 8). */
export const segmentStatsSchema = Type.Object({
  segment_id: Type.Integer(),
  live_users: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'Exact for own segments; of others a rounded number that stays the same all UTC day, or null below the floor',
  }),
  floor: Type.Union([Type.Integer(), Type.Null()], {
    description: 'The least number that is told of a segment of another member; null for own ones',
  }),
  approximate: Type.Boolean({ description: 'Is one of the numbers an estimate, or rounded?' }),
  as_of: Type.String({ description: 'The moment that the numbers are of' }),
  days: Type.Union([Type.Array(segmentDay), Type.Null()], { description: 'What happened by UTC day, the oldest first, today last' }),
  expiring: Type.Union([Type.Array(Type.Object({ day: Type.String(), users: Type.Integer() })), Type.Null()], {
    description: 'Users whose membership ends on that day, today first',
  }),
  never_expiring: countOrNull,
});
