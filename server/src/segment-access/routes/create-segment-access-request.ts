import { actingMember, changeContext } from '../../access/acting-member.ts';
import { oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import { readMember, requireMember } from '../../members/read-member.ts';
import { notify } from '../../notices/notify.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { requestedNotice } from '../access-notices.ts';
import { accessRequestSchema } from '../access-request-schema.ts';
import { segmentAccessErrors } from '../segment-access-errors.ts';
import { accessRequestOnWire, insertAccessRequest, readStandingRequest } from '../store/access-request-store.ts';

const name = 'segment_access_request';

/** `POST /segment-access-request`: asks an owner for the right to put users into its segments (additions.md section 5). */
export const createSegmentAccessRequest = (catalog: Catalog): AccountOperation => ({
  id: 'createSegmentAccessRequest',
  method: 'POST',
  paths: ['/segment-access-request'],
  summary: 'Ask a member for the right to put users into its segments',
  access: writing,
  body: accessRequestSchema,
  answer: accessRequestSchema,
  parameters: [{ name: 'member_id', description: 'The member that asks (default: your own; administrators must name it)' }],
  async handle(call) {
    const member = actingMember(call, 'member_id', 'refuse');
    const sent = readObject(accessRequestSchema, readOne(call.body, name, call.warnings), name, call.warnings);
    requireFields(sent, ['segment_owner_member_id'], name);
    const { segment_owner_member_id: owner = 0, message, unique_user_ids_per_post, posts_per_day, unique_segments_per_post } = sent;
    const row = await catalog.change(changeContext(call, 'createSegmentAccessRequest'), async (change) => {
      const id = await change.newIds(name);
      await requireMember(change.db, member);
      if (owner === member) throw refusal(segmentAccessErrors.ownSegments, { member });
      if (!(await readMember(change.db, owner))) throw refusal(segmentAccessErrors.noSuchOwner, { owner });
      const standing = await readStandingRequest(change.db, member, owner);
      if (standing) throw refusal(segmentAccessErrors.requestExists, { id: standing.id, member, owner, state: standing.state });
      const made = await insertAccessRequest(change, {
        id,
        member_id: member,
        segment_owner_member_id: owner,
        message: message ?? null,
        unique_user_ids_per_post: unique_user_ids_per_post ?? null,
        posts_per_day: posts_per_day ?? null,
        unique_segments_per_post: unique_segments_per_post ?? null,
      });
      await notify(change, requestedNotice(made));
      return made;
    });
    return oneAnswer(name, accessRequestOnWire(row), { id: row.id });
  },
});
