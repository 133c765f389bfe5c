import type { CatalogChange } from '../../storage/sql/catalog-change.ts';

/** An endpoint goes: no share from it or to it runs any more. */
export async function disableSharesOf(change: CatalogChange, endpoint: number): Promise<void> {
  const shares = await change.db
    .selectFrom('share')
    .select(['id', 'member_id', 'disabled_reason'])
    .where((eb) => eb.or([eb('source_endpoint_id', '=', endpoint), eb('destination_endpoint_id', '=', endpoint)]))
    .where('enabled', '=', 1)
    .where('deleted_on', 'is', null)
    .execute();
  const disabled_reason = 'ENDPOINT_DELETED';
  for (const { id, member_id, disabled_reason: before } of shares) {
    await change.db.updateTable('share').set({ enabled: 0, disabled_reason, last_modified: change.nowMs }).where('id', '=', id).execute();
    change.record({
      objectType: 'share',
      objectId: id,
      memberId: member_id,
      before: { enabled: 1, disabled_reason: before },
      after: { enabled: 0, disabled_reason },
    });
  }
}
