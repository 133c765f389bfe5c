import { type ExpressionBuilder, expressionBuilder, type SqlBool, type Expression as SqlExpression } from 'kysely';
import type { CatalogTables } from '../storage/sql/catalog-schema.ts';

/**
 * The segments that sharing gives a buyer, as a condition over `segment` (platform.md section 6): member level, of an active
 * data member that the buyer has enabled and that has a record for it, which shares all or lists the segment.
 * The same rule over the catalog view is `isShared` in catalog-view/segment-rights.ts; a test holds the two equal.
 */
export function sharedWith(buyer: number): SqlExpression<SqlBool> {
  const eb: ExpressionBuilder<CatalogTables, 'segment'> = expressionBuilder<CatalogTables, 'segment'>();
  const listed = eb
    .selectFrom('sharing_record_segment as listed')
    .select('listed.segment_id')
    .whereRef('listed.segment_id', '=', 'segment.id')
    .whereRef('listed.record_id', '=', 'record.id' as never);
  const record = eb
    .selectFrom('sharing_record as record')
    .innerJoin('data_buyer_provider as enabled', (join) =>
      join
        .onRef('enabled.buyer_member_id', '=', 'record.buyer_member_id')
        .onRef('enabled.data_provider_member_id', '=', 'record.data_member_id'),
    )
    .innerJoin('member as provider', 'provider.id', 'record.data_member_id')
    .select('record.id')
    .where('record.buyer_member_id', '=', buyer)
    .whereRef('record.data_member_id', '=', 'segment.member_id')
    .where('enabled.active', '=', 1)
    .where('provider.state', '=', 'active')
    .where((where) => where.or([where('record.segment_exposure', '=', 'all'), where.exists(listed)]));
  return eb.and([eb('segment.advertiser_id', 'is', null), eb.exists(record)]);
}
