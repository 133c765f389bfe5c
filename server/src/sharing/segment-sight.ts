import { expressionBuilder, type ExpressionBuilder, type SqlBool, type Expression as SqlExpression } from 'kysely';
import type { ForeignSight } from '../segments/foreign-sight.ts';
import type { CatalogReader, CatalogTables } from '../storage/sql/catalog-schema.ts';

/**
 * The segments that sharing gives a buyer (platform.md section 6): member level, of an active data member that the buyer has enabled
 * and that has a record for it, which shares all or lists the segment. Who shares is told apart from what is shared, because the
 * former is a handful of rows. The same rule over the catalog view is `isShared` in catalog-view/segment-rights.ts; a test holds the
 * two equal. `exportable`: only what the buyer may pass on as well, by records with `export_allowed` (exchange-sharing.md section 4).
 */
export async function sharedWith(db: CatalogReader, buyer: number, { exportable = false } = {}): Promise<ForeignSight> {
  const records = await db
    .selectFrom('sharing_record as record')
    .innerJoin('data_buyer_provider as enabled', (join) =>
      join
        .onRef('enabled.buyer_member_id', '=', 'record.buyer_member_id')
        .onRef('enabled.data_provider_member_id', '=', 'record.data_member_id'),
    )
    .innerJoin('member as provider', 'provider.id', 'record.data_member_id')
    .select(['record.id', 'record.data_member_id', 'record.segment_exposure'])
    .where('record.buyer_member_id', '=', buyer)
    .where('record.data_member_id', '!=', buyer)
    .where('enabled.active', '=', 1)
    .where('provider.state', '=', 'active')
    .where('record.export_allowed', '>=', Number(exportable))
    .orderBy('record.data_member_id')
    .execute();
  const whole = records.filter((record) => record.segment_exposure === 'all').map((record) => record.data_member_id);
  const lists = records.filter((record) => record.segment_exposure !== 'all');
  return { whole, listed: lists.length === 0 ? null : onLists(lists) };
}

function onLists(records: readonly { readonly id: number; readonly data_member_id: number }[]): SqlExpression<SqlBool> {
  const eb: ExpressionBuilder<CatalogTables, 'segment'> = expressionBuilder<CatalogTables, 'segment'>();
  const ids = records.map(({ id }) => id);
  const listed = eb.selectFrom('sharing_record_segment as listed').select('listed.segment_id').where('listed.record_id', 'in', ids);
  const owners = records.map((record) => record.data_member_id);
  return eb.and([eb('segment.id', 'in', listed), eb('segment.member_id', 'in', owners), eb('segment.advertiser_id', 'is', null)]);
}
