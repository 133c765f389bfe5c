import { type ExpressionBuilder, expressionBuilder, type Expression, type SqlBool } from 'kysely';
import type { CatalogTables } from '../storage/sql/catalog-schema.ts';

/** The foreign segments that a member sees: of some members all of member level, of others those on a list. */
export interface ForeignSight {
  /** Members of which every segment of member level is seen; never the member itself. */
  readonly whole: readonly number[];
  /** Seen segments of other members: a condition over `segment` that starts from segment ids. Null where there are none. */
  readonly listed: Expression<SqlBool> | null;
}

/** More members than this are one part: a statement has an end. */
const mostParts = 16;

/** The sight as conditions over `segment`, of which a segment meets one at most and each of which an index serves. */
export function foreignParts({ whole, listed }: ForeignSight): readonly Expression<SqlBool>[] {
  const eb: ExpressionBuilder<CatalogTables, 'segment'> = expressionBuilder<CatalogTables, 'segment'>();
  const ofMemberLevel = eb('segment.advertiser_id', 'is', null);
  const owned = whole.length > mostParts ? [eb('segment.member_id', 'in', whole)] : whole.map((id) => eb('segment.member_id', '=', id));
  return [...owned.map((owner) => eb.and([owner, ofMemberLevel])), ...(listed === null ? [] : [listed])];
}
