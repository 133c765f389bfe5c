import { notFound } from '../http/answers.ts';
import { refusal } from '../kit/refusal.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import type { ChangedSegments } from './segment-address.ts';
import { segmentErrors } from './segment-errors.ts';
import { readSegment, type SeenSegment } from './store/segment-store.ts';

/** A segment that the caller may change. @throws Refusal segments.readOnly for a shared one, http.notFound for an invisible one */
export async function changeable(db: CatalogReader, { sight, member }: ChangedSegments, id: number): Promise<SeenSegment> {
  const row = await readSegment(db, sight, id);
  if (!row) throw notFound('segment', 'id', id);
  if (row.provider_id !== null) throw refusal(segmentErrors.readOnly, { id, member: row.member_id });
  if (member !== undefined && row.member_id !== member) throw notFound('segment', 'id', id);
  return row;
}
