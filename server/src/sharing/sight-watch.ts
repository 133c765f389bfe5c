import type { RevocationReason } from '../notices/notice.ts';
import { notify } from '../notices/notify.ts';
import { foreignParts } from '../segments/foreign-sight.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { runsOf } from '../storage/sql/id-runs.ts';
import { sharedWith } from './segment-sight.ts';

/** Whose sight of what may end in this transaction. */
export interface WatchedSight {
  readonly dataMember: number;
  /** Default: every buyer that has a record of the data member. */
  readonly buyers?: readonly number[];
  /** Default: all segments of the data member. */
  readonly segments?: readonly number[];
}

type Names = ReadonlyMap<number, string | null>;

/** More segments than this are counted in a notice and not named. */
const mostNamed = 1000;

/**
 * Notes who sees what before a change. What it answers is called after the change, in the same transaction, and tells every buyer
 * that has lost sight of segments: one notice for each (activation.md section 6). Sight is that of lookup: active segments only.
 */
export async function watchSight(change: CatalogChange, watched: WatchedSight): Promise<(reason: RevocationReason) => Promise<void>> {
  const buyers = watched.buyers ?? (await buyersOf(change, watched.dataMember));
  const before = new Map<number, Names>();
  for (const buyer of buyers) before.set(buyer, await seen(change, watched, buyer));
  return async (reason) => {
    for (const [buyer, names] of before) {
      if (names.size === 0) continue;
      const still = await seen(change, watched, buyer);
      const lost = [...names].filter(([id]) => !still.has(id)).map(([id, name]) => ({ id, name }));
      if (lost.length > 0) await tell(change, watched.dataMember, buyer, reason, lost);
    }
  };
}

async function buyersOf({ db }: CatalogChange, dataMember: number): Promise<number[]> {
  const rows = await db
    .selectFrom('sharing_record')
    .select('buyer_member_id')
    .where('data_member_id', '=', dataMember)
    .orderBy('buyer_member_id')
    .execute();
  return rows.map((row) => row.buyer_member_id);
}

async function seen({ db }: CatalogChange, { dataMember, segments }: WatchedSight, buyer: number): Promise<Names> {
  const names = new Map<number, string | null>();
  const shared = foreignParts(await sharedWith(db, buyer));
  for (const ids of segments === undefined ? [null] : runsOf(segments)) {
    const query = db
      .selectFrom('segment')
      .select(['id', 'short_name'])
      .where('member_id', '=', dataMember)
      .where('state', '=', 'active')
      .where((eb) => eb.or(shared))
      .orderBy('id');
    for (const row of await (ids ? query.where('id', 'in', ids) : query).execute()) names.set(row.id, row.short_name);
  }
  return names;
}

const whatHappened: Readonly<Record<RevocationReason, string>> = {
  unshared: 'are no longer shared with you',
  'mapping-ended': 'are no longer public',
  deactivated: 'were made inactive',
  deleted: 'were deleted',
};

function tell(
  change: CatalogChange,
  dataMemberId: number,
  buyer: number,
  reason: RevocationReason,
  lost: readonly { readonly id: number; readonly name: string | null }[],
): Promise<void> {
  const segments = lost.slice(0, mostNamed);
  return notify(change, {
    to: buyer,
    kind: 'segment-revoked',
    severity: 'warning',
    text: `Segments of member ${dataMemberId} ${whatHappened[reason]}: ${lost.length}`,
    subject: { type: 'member', id: dataMemberId },
    details: { segments: lost.length, segments_named: segments.length },
    revocation: {
      reason,
      dataMemberId,
      segments,
      effectiveOnMs: change.nowMs,
      endsTargeting: false,
      profiles: [],
      campaignsIncluding: [],
      campaignsExcluding: [],
    },
  });
}
