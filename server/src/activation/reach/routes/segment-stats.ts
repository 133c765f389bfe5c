import { requireOwnMember } from '../../../access/acting-member.ts';
import type { CatalogView } from '../../../catalog-view/catalog-view.ts';
import { canSee } from '../../../catalog-view/segment-rights.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import { type AccountOperation, type Call, reading } from '../../../http/operation.ts';
import type { Clock } from '../../../kit/clock.ts';
import { asMemberId, asSegmentId, type SegmentId } from '../../../kit/ids.ts';
import { refusal } from '../../../kit/refusal.ts';
import { formatTimestamp } from '../../../kit/timestamp.ts';
import { segmentStatsSchema } from '../reach-schema.ts';
import { mostDays, secondsPerDay, type SegmentSize, type SegmentSizes } from '../segment-sizes.ts';

export interface ReachParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly sizes: Pick<SegmentSizes, 'of'>;
  readonly clock: Clock;
  /** `FOYER_REACH_FLOOR`. */
  readonly reachFloor: number;
}

/**
 * `GET /segment-stats` (activation.md section 5): exact numbers for own segments. Numbers of others' segments are not told yet:
 * exact ones would tell who joined; they come with the rule of the two secret offsets.
 */
export const segmentStats = (parts: ReachParts): AccountOperation => ({
  id: 'segmentStats',
  method: 'GET',
  paths: ['/segment-stats'],
  summary: 'How many users are in segments now, how many came and went by day, and when they leave',
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
    const asked = askedSegments(call, parts);
    const own = asked.filter((segment) => segment.own).map(({ id }) => id);
    const sizes = new Map((await parts.sizes.of(own)).map((size, at) => [own[at], size]));
    const now = parts.clock.nowMs();
    const stats = asked.map(({ id }) => statsOf(id, sizes.get(id), { days, now, floor: parts.reachFloor }));
    return { fields: { count: stats.length, segment_stats: stats }, outputTerm: 'segment_stats' };
  },
});

const mostSegments = 100;
const defaultDays = 30;

/** The segments of the call, and whether their numbers may be told. @throws Refusal http.notFound for one that the caller does not see */
function askedSegments(call: Call, { view }: ReachParts): { readonly id: SegmentId; readonly own: boolean }[] {
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
  return ids.map((id) => {
    const segment = snapshot.segment(asSegmentId(id));
    const own = segment !== undefined && (seesAll || segment.memberId === member);
    if (!segment || !(own || canSee(snapshot, member, segment)))
      throw refusal(httpErrors.notFound, { object: 'segment', key: 'id', value: id });
    return { id: segment.id, own };
  });
}

/** @param size undefined for a segment of which nothing is told */
function statsOf(
  id: SegmentId,
  size: SegmentSize | undefined,
  asked: { readonly days: number; readonly now: number; readonly floor: number },
) {
  const today = size === undefined ? 0 : Math.floor(size.asOfMs / 1000 / secondsPerDay);
  return {
    segment_id: id,
    live_users: size?.liveUsers ?? null,
    floor: size ? null : asked.floor,
    approximate: false,
    as_of: formatTimestamp(size?.asOfMs ?? asked.now),
    days: size?.days.slice(-asked.days).map(({ day, ...movements }) => ({ day: dayText(day), ...movements })) ?? null,
    expiring: size?.expiring.slice(0, asked.days).map((users, ahead) => ({ day: dayText(today + ahead), users })) ?? null,
    never_expiring: size?.neverExpiring ?? null,
  };
}

const dayText = (day: number): string => formatTimestamp(day * secondsPerDay * 1000).slice(0, 10);
