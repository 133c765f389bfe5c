import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { insertMember } from './store/member-store.ts';

/** The member that runs the exchange; made where there is none. */
export async function platformMember(change: CatalogChange): Promise<number> {
  const known = await change.db.selectFrom('member').select('id').where('primary_type', '=', 'platform').executeTakeFirst();
  return known?.id ?? insertMember(change, { name: 'Platform', primary_type: 'platform' });
}
