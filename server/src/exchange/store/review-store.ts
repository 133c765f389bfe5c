import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import { notify } from '../../notices/notify.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ApplicationReviewTable, ApplicationTable } from '../../storage/sql/exchange-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import type { ApplicationState } from '../applications/application.ts';
import { applicationDecided } from '../applications/review-notice.ts';
import { updateApplication } from './application-store.ts';

export const reviewFields: ListFields = {
  id: { type: 'int', column: 'application_review.id', search: true },
  application_id: { type: 'int', column: 'application_review.application_id', search: true },
  member_id: { type: 'int', column: 'application_review.member_id', search: true },
  state: { type: 'enum', column: 'application_review.state' },
  reason: { type: 'string', column: 'application_review.reason' },
  requested_on: { type: 'timestamp', column: 'application_review.requested_on' },
  decided_on: { type: 'timestamp', column: 'application_review.decided_on' },
  last_modified: { type: 'timestamp', column: 'application_review.last_modified' },
};

export const reviewOnWire = (row: ApplicationReviewTable) => ({
  id: row.id,
  application_id: row.application_id,
  member_id: row.member_id,
  state: row.state,
  reason: row.reason,
  requested_on: formatTimestamp(row.requested_on),
  decided_on: row.decided_on === null ? null : formatTimestamp(row.decided_on),
  last_modified: formatTimestamp(row.last_modified),
});

/** Reviews of a member's applications; null sees all. */
export function listReviews(db: CatalogReader, member: number | null, query: ListQuery) {
  const all = db.selectFrom('application_review').selectAll();
  return listRows(member === null ? all : all.where('member_id', '=', member), reviewFields, query);
}

export const readReview = (db: CatalogReader, id: number): Promise<ApplicationReviewTable | undefined> =>
  db.selectFrom('application_review').selectAll().where('id', '=', id).executeTakeFirst();

/** The newest review of an application, which decides. */
export const newestReview = (db: CatalogReader, application: number): Promise<ApplicationReviewTable | undefined> =>
  db
    .selectFrom('application_review')
    .selectAll()
    .where('application_id', '=', application)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

/** Puts an application under review. */
export async function openReview(change: CatalogChange, application: ApplicationTable): Promise<ApplicationReviewTable> {
  const row: ApplicationReviewTable = {
    id: await change.newIds('application_review'),
    application_id: application.id,
    member_id: application.member_id,
    state: 'IN_REVIEW' satisfies ApplicationState,
    reason: null,
    requested_on: change.nowMs,
    decided_on: null,
    last_modified: change.nowMs,
  };
  await change.db.insertInto('application_review').values(row).execute();
  recordReview(change, null, row);
  await updateApplication(change, application, { state: row.state });
  return row;
}

/** Takes a step of a review; the owner is told what the operator decided. */
export async function stepReview(
  change: CatalogChange,
  application: ApplicationTable,
  before: ApplicationReviewTable,
  { state, reason }: { readonly state: ApplicationState; readonly reason: string | null },
): Promise<ApplicationReviewTable> {
  const isDecision = state === 'APPROVED' || state === 'REJECTED';
  const after = { ...before, state, reason, decided_on: isDecision ? change.nowMs : null, last_modified: change.nowMs };
  await change.db.updateTable('application_review').set(after).where('id', '=', before.id).execute();
  recordReview(change, before, after);
  await updateApplication(change, application, { state });
  if (isDecision) await notify(change, applicationDecided(after, application.display_name));
  return after;
}

function recordReview(change: CatalogChange, before: ApplicationReviewTable | null, after: ApplicationReviewTable): void {
  change.record({
    objectType: 'application_review',
    objectId: after.id,
    memberId: after.member_id,
    before: before && { ...before },
    after: { ...after },
  });
}
