import { fold } from '../kit/fold.ts';
import type { AdvertiserTable, CatalogReader } from '../storage/sql/catalog-schema.ts';

/** An advertiser by its id. */
export function readAdvertiser(db: CatalogReader, id: number): Promise<AdvertiserTable | undefined> {
  return db.selectFrom('advertiser').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The advertiser of a member by its code, whose case does not matter. */
export function readAdvertiserByCode(db: CatalogReader, member: number, code: string): Promise<AdvertiserTable | undefined> {
  return db.selectFrom('advertiser').selectAll().where('member_id', '=', member).where('code_folded', '=', fold(code)).executeTakeFirst();
}
