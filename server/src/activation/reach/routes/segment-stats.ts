import { requireOwnMember } from '../../../access/acting-member.ts';
import type { CatalogView } from '../../../catalog-view/catalog-view.ts';
import { canSee } from '../../../catalog-view/segment-rights.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import { type AccountOperation, reading } from '../../../http/operation.ts';
import { asMemberId, asSegmentId } from '../../../kit/ids.ts';
import { refusal } from '../../../kit/refusal.ts';
import type { ProfileStore } from '../../../profiles/profile-store.ts';
import { segmentStatsSchema } from '../reach-schema.ts';

export interface ReachParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'count'>;
  /** `FOYER_REACH_FLOOR`. */
  readonly reachFloor: number;
}

/**
 * `GET /segment-stats` (activation.md section 5): exact numbers for own segments. Numbers of others' segments are not told yet:
 * exact ones would tell who joined; they come with the rule of the two secret offsets.
 */
export const segmentStats = ({ view, profiles, reachFloor }: ReachParts): AccountOperation => ({
  id: 'segmentStats',
  method: 'GET',
  paths: ['/segment-stats'],
  summary: 'How many users are in segments now',
  parameters: [
    { name: 'id', description: 'Segments, by comma; 100 at most' },
    { name: 'member_id', description: 'For administrators: see what this member would' },
  ],
  access: reading,
  answer: segmentStatsSchema,
  async handle(call) {
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
      return { segment, own };
    });
    const stats: object[] = [];
    for (const { segment, own } of segments)
      stats.push({ segment_id: segment.id, live_users: own ? await profiles.count(segment.id) : null, floor: own ? null : reachFloor });
    return { fields: { count: stats.length, segment_stats: stats }, outputTerm: 'segment_stats' };
  },
});

const mostSegments = 100;
