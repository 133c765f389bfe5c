import { notFound } from '../http/answers.ts';
import type { MemberId } from '../kit/ids.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { readRecord, type SharingRecord } from './store/sharing-store.ts';

/** A record of this data member; null sees all. @throws Refusal http.notFound */
export async function ownRecord(db: CatalogReader, sight: MemberId | null, id: number): Promise<SharingRecord> {
  const record = await readRecord(db, id);
  if (!record || (sight !== null && record.data_member_id !== sight)) throw notFound('sharing record', 'id', id);
  return record;
}
