import type { NewNotice } from '../notices/notice.ts';
import type { SegmentAccessRequestTable } from '../storage/sql/catalog-schema.ts';

type Request = Pick<SegmentAccessRequestTable, 'id' | 'member_id' | 'segment_owner_member_id' | 'state'>;

const about = ({ id, member_id, segment_owner_member_id, state }: Request) => ({
  subject: { type: 'segment_access_request', id },
  details: { member_id, segment_owner_member_id, state },
});

/** To the owner: somebody asks. */
export const requestedNotice = (request: Request): NewNotice => ({
  to: request.segment_owner_member_id,
  kind: 'access-requested',
  severity: 'info',
  text: `Member ${request.member_id} asks for the right to put users into your segments`,
  ...about(request),
});

/** To the asker: what became of its request. */
export const decidedNotice = (request: Request): NewNotice => ({
  to: request.member_id,
  kind: 'access-decided',
  severity: request.state === 'ACCEPTED' ? 'info' : 'warning',
  text: `Your request to put users into the segments of member ${request.segment_owner_member_id} is ${request.state}`,
  ...about(request),
});
