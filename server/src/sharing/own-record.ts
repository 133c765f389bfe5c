import { notFound } from '../http/answers.ts';
import type { Call } from '../http/operation.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { readRecord, type SharingRecord } from './store/sharing-store.ts';

/** A record that the caller may see: its data member's, or any for an administrator. @throws Refusal http.notFound */
export async function ownRecord(db: CatalogReader, call: Call, id: number): Promise<SharingRecord> {
  const record = await readRecord(db, id);
  if (!record || (call.caller.role !== 'admin' && record.data_member_id !== call.caller.memberId)) throw notFound('sharing record', 'id', id);
  return record;
}
