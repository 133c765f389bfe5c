import { Type } from 'typebox';
import { mostInteger, mostSegments, mostUsers } from './parse-users.ts';

/*
 * The body of `POST /rt-segment`, for the description of the API. It is read by the hand-written parser (parse-users.ts); a test
 * holds the two together: what this schema takes earns no warning, and the other way round.
 */

/** Null counts as absent, and so does empty text where an id is due. */
const absent = Type.Optional(Type.Union([Type.Null(), Type.Literal('')]));
const id = (description: string) => Type.Union([Type.Number(), Type.String({ minLength: 1 })], { description });

/** Whole numbers may be strings of digits, in the same range. */
const integer = (minimum: number, description: string) =>
  Type.Optional(
    Type.Union(
      [
        Type.Integer({ minimum, maximum: mostInteger }),
        Type.String({ pattern: minimum < 0 ? '^(-1|\\d{1,15})$' : '^\\d{1,15}$' }),
        Type.Null(),
      ],
      {
        description,
      },
    ),
  );

const common = {
  value: integer(0, 'Any number that the member gives a meaning; null and absent: 0'),
  expiration: integer(
    -1,
    'Minutes from now; 0: never expires; -1: removes the user from the segment; null and absent: as the segment says',
  ),
};
const ignored = Type.Optional(Type.Unknown());

export const instantBlockSchema = Type.Union(
  [
    Type.Object({ seg_id: id('The segment'), seg_code: absent, member_id: ignored, ...common }),
    Type.Object({ seg_id: absent, seg_code: id("The segment's code, exact in case"), member_id: id('The owner of the code'), ...common }),
  ],
  { description: 'A segment: by its id, or by its code and owner, never both' },
);

const domain = Type.Optional(
  Type.Union([Type.Null(), Type.String({ pattern: '^(?![sS][hH][aA]1[mM][aA][cC]$)' })], {
    description:
      'null: user ids (or external ids, where the member is set up so); otherwise idfa, aaid, sha1udid, md5udid, openudid, windowsadid, rida, tifa, vida or lgudid',
  }),
);

export const instantUserSchema = Type.Object({
  user_id: id('Digits, best as a string: numbers beyond 2^53 do not survive every JSON library'),
  seg_block: Type.Array(instantBlockSchema, { minItems: 1, maxItems: mostSegments }),
  domain,
});

export const instantCallSchema = Type.Object({
  rt_segment: Type.Array(instantUserSchema, { minItems: 1, maxItems: mostUsers }),
  domain,
});

const count = (description: string) => Type.Integer({ minimum: 0, description });
const logLines = Type.Union([Type.String(), Type.Null()], { description: 'The newest 200 of each kind, one line a kind; null in totals' });

/** One hour, or the total, of `GET /rt-segment-processed` (Check Usage Statistics). */
export const processedSchema = Type.Object({
  member_id: Type.Integer(),
  processed_hour: Type.String({ description: 'The begin of the hour, UTC' }),
  match_rate: Type.Number({ description: 'Valid users of all users, in percent' }),
  num_valid_users: count('Users taken, distinct within a call'),
  num_valid_adds: count('Users added to segments'),
  num_valid_removes: count('Users removed from segments'),
  num_invalid_users: count('Users not taken: malformed, unknown domain, opted out, not mapped, not known'),
  num_unauth_segments: count('Users × segments that the member may not populate'),
  num_inactive_segments: count('Users × segments that are inactive'),
  num_invalid_segments: count('Users × segments that do not exist'),
  num_other_errors: count('Calls refused whole, and memberships that a limit refused'),
  error_log_lines: logLines,
  segment_log_lines: logLines,
});
