import { notFound } from '../http/answers.ts';
import type { MemberId } from '../kit/ids.ts';
import type { CatalogReader, SyncHostTable } from '../storage/sql/catalog-schema.ts';
import { readSyncHost } from './store/sync-host-store.ts';

/** A sync host of this member; null sees all. @throws Refusal http.notFound */
export async function ownSyncHost(db: CatalogReader, sight: MemberId | null, id: number): Promise<SyncHostTable> {
  const row = await readSyncHost(db, id);
  if (!row || (sight !== null && row.member_id !== sight)) throw notFound('sync host', 'id', id);
  return row;
}
