import { formatTimestamp } from '../kit/timestamp.ts';
import type { PublicKeyTable } from '../storage/sql/catalog-schema.ts';

/** A registered key as `/public-key` shows it; public keys are no secret. */
export const publicKeyOnWire = (row: PublicKeyTable) => ({
  id: row.id,
  name: row.name,
  user_id: row.account_id,
  active: row.active === 1,
  encoded_value: row.encoded_value,
  last_modified: formatTimestamp(row.last_modified),
});
