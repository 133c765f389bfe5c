import type { NewNotice } from '../../notices/notice.ts';
import type { ApplicationReviewTable } from '../../storage/sql/exchange-schema.ts';

/** To the application's owner: what the operator decided (additions.md section 7). */
export const applicationDecided = (
  { id, application_id, member_id, state, reason }: ApplicationReviewTable,
  displayName: string,
): NewNotice => ({
  to: member_id,
  kind: 'application-decided',
  severity: state === 'APPROVED' ? 'info' : 'warning',
  text: `Your application ${displayName} is ${state}${reason === null ? '' : `: ${reason}`}`,
  subject: { type: 'application', id: application_id },
  details: { application_id, review_id: id, state, reason },
});
