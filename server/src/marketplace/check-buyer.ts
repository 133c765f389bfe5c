import { refusal } from '../kit/refusal.ts';
import { readMember } from '../members/read-member.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { marketplaceErrors } from './marketplace-errors.ts';

/** Providers do not enable. @throws Refusal marketplace.buyersEnable */
export async function checkBuyer(db: CatalogReader, member: number): Promise<void> {
  if ((await readMember(db, member))?.primary_type === 'data_provider') throw refusal(marketplaceErrors.buyersEnable, { member });
}
