import { Type } from 'typebox';

const daySchema = Type.Object({
  member_id: Type.Integer(),
  day: Type.String({ description: 'UTC, such as 2026-01-31' }),
  asked: Type.Integer({ description: 'Ids that came with mapuid calls' }),
  matched: Type.Integer({ description: 'Of these, ids that now name a user' }),
  refused: Type.Record(Type.String(), Type.Integer(), {
    description: 'The others, by reason: no-cookie, opted-out, privacy, full, bad-user, too-many-users, unavailable',
  }),
  match_rate: Type.Number({ description: '100 × matched / asked, two decimals; 0 where nothing was asked' }),
});

/** The answer of `GET /sync-report`. */
export const syncReportSchema = Type.Object({
  count: Type.Integer(),
  sync_reports: Type.Array(daySchema, { description: 'Days with syncs, by date' }),
});
