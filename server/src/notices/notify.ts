import { fold } from '../kit/fold.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { NoticeTable } from '../storage/sql/catalog-schema.ts';
import type { NewNotice, Revocation } from './notice.ts';

/** Tells a member of what this transaction does; nothing where it was told of that cause before (additions.md section 7). */
export async function notify(change: CatalogChange, notice: NewNotice): Promise<void> {
  const row: NoticeTable = {
    id: await change.newIds('notice'),
    created_on: change.nowMs,
    member_id: notice.to,
    kind: notice.kind,
    severity: notice.severity,
    text: notice.text,
    text_folded: fold(notice.text),
    subject_type: notice.subject?.type ?? null,
    subject_id: notice.subject?.id ?? null,
    details: JSON.stringify(notice.details),
    read: 0,
    cause: notice.cause ?? null,
    ...revocationColumns(notice.revocation),
  };
  await change.db
    .insertInto('notice')
    .values(row)
    .onConflict((conflict) => conflict.columns(['member_id', 'cause']).doNothing())
    .execute();
}

function revocationColumns(revocation: Revocation | undefined) {
  return {
    reason: revocation?.reason ?? null,
    data_member_id: revocation?.dataMemberId ?? null,
    segments: revocation ? JSON.stringify(revocation.segments) : null,
    effective_on: revocation?.effectiveOnMs ?? null,
    ends_targeting: revocation ? Number(revocation.endsTargeting) : null,
    profiles: revocation ? JSON.stringify(revocation.profiles) : null,
    campaigns_including: revocation ? JSON.stringify(revocation.campaignsIncluding) : null,
    campaigns_excluding: revocation ? JSON.stringify(revocation.campaignsExcluding) : null,
  };
}
