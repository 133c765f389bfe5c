import type { Static } from 'typebox';
import { requireOwnMember } from '../../../access/acting-member.ts';
import type { CatalogView } from '../../../catalog-view/catalog-view.ts';
import { canSee } from '../../../catalog-view/segment-rights.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import { type AccountOperation, type Call, reading } from '../../../http/operation.ts';
import { asMemberId, asSegmentId, type SegmentId } from '../../../kit/ids.ts';
import { refusal } from '../../../kit/refusal.ts';
import { formatTimestamp } from '../../../kit/timestamp.ts';
import { segmentStatsSchema } from '../reach-schema.ts';
import { mostDays, secondsPerDay, type SegmentSize, type SegmentSizes } from '../segment-sizes.ts';
import type { ReachAnswer } from '../store/reach-answer-store.ts';
import type { ToldCounts } from '../told-counts.ts';

export interface ReachParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly sizes: Pick<SegmentSizes, 'of'>;
  readonly told: Pick<ToldCounts, 'floor' | 'of'>;
}

/**
 * `GET /segment-stats` (activation.md section 5): exact numbers for own segments. Of others' segments only the size, by the rule
 * of the two secret offsets: each that was not asked before on this UTC day uses one of the member's questions.
 */
export const segmentStats = (parts: ReachParts): AccountOperation => ({
  id: 'segmentStats',
  method: 'GET',
  paths: ['/segment-stats'],
  summary: 'How many users are in segments now, how many came and went by day, and when they will leave',
  parameters: [
    { name: 'id', description: 'Segments, by comma; 100 at most' },
    { name: 'days', description: 'How many days back and ahead: 1 to 90, default 30' },
    { name: 'member_id', description: 'For administrators: see what this member would' },
  ],
  access: reading,
  answer: segmentStatsSchema,
  async handle(call) {
    const days = call.parameters.integer('days') ?? defaultDays;
    if (days < 1 || days > mostDays) throw refusal(httpErrors.invalidParameter, { name: 'days', fault: `must be from 1 to ${mostDays}` });
    const { member, segments } = askedSegments(call, parts);
    const own = segments.filter((segment) => segment.own).map(({ id }) => id);
    const foreign = segments.filter((segment) => !segment.own).map(({ id }) => id);
    const sizeOf = async (id: SegmentId): Promise<number> => (await parts.sizes.of([id]))[0]?.liveUsers ?? 0;
    const questions = foreign.map((id) => ({ expression: JSON.stringify({ segment: id }), count: () => sizeOf(id) }));
    // Refuses before own segments are read.
    const answers = new Map((await parts.told.of(member, questions)).map((answer, at) => [foreign[at], answer]));
    const sizes = new Map((await parts.sizes.of(own)).map((size, at) => [own[at], size]));
    const stats = segments.flatMap(({ id }): Static<typeof segmentStatsSchema>[] => {
      const [answer, size] = [answers.get(id), sizes.get(id)];
      if (answer) return [foreignStats(id, answer, parts.told.floor)];
      return size ? [ownStats(id, size, days)] : [];
    });
    return { fields: { count: stats.length, segment_stats: stats }, outputTerm: 'segment_stats' };
  },
});

const mostSegments = 100;
const defaultDays = 30;

/** The segments of the call, and which are the caller's own. @throws Refusal http.notFound for one that the caller does not see */
function askedSegments(call: Call, { view }: ReachParts) {
  const { caller, parameters } = call;
  const ids = parameters.ids('id');
  if (ids === undefined) throw refusal(httpErrors.missingParameter, { name: 'id' });
  if (ids.length > mostSegments)
    throw refusal(httpErrors.invalidParameter, { name: 'id', fault: `names more than ${mostSegments} segments` });
  const named = parameters.id('member_id');
  if (named !== undefined) requireOwnMember(call, named, 'member_id');
  const member = named === undefined ? caller.memberId : asMemberId(named);
  const seesAll = caller.role === 'admin' && named === undefined;
  const snapshot = view.current();
  const segments = ids.map((id) => {
    const segment = snapshot.segment(asSegmentId(id));
    const own = segment !== undefined && (seesAll || segment.memberId === member);
    if (!segment || !(own || canSee(snapshot, member, segment)))
      throw refusal(httpErrors.notFound, { object: 'segment', key: 'id', value: id });
    return { id: segment.id, own };
  });
  return { member, segments };
}

function ownStats(id: SegmentId, size: SegmentSize, days: number) {
  const today = Math.floor(size.asOfMs / 1000 / secondsPerDay);
  const past = size.days.slice(-days);
  return {
    segment_id: id,
    live_users: size.liveUsers,
    floor: null,
    approximate: past.some(({ approximate }) => approximate),
    as_of: formatTimestamp(size.asOfMs),
    days: past.map(({ day, approximate: _, ...movements }) => ({ day: dayText(day), ...movements })),
    expiring: size.expiring.slice(0, days).map((users, ahead) => ({ day: dayText(today + ahead), users })),
    never_expiring: size.neverExpiring,
  };
}

function foreignStats(id: SegmentId, { users, as_of }: ReachAnswer, floor: number) {
  return {
    segment_id: id,
    live_users: users,
    floor,
    approximate: users !== null,
    as_of: formatTimestamp(as_of),
    days: null,
    expiring: null,
    never_expiring: null,
  };
}

const dayText = (day: number): string => formatTimestamp(day * secondsPerDay * 1000).slice(0, 10);
