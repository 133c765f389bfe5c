import { notFound } from '../http/answers.ts';
import type { Call } from '../http/operation.ts';
import { refusal } from '../kit/refusal.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { segmentErrors } from './segment-errors.ts';
import { readSegment, type SeenSegment, type Sight } from './store/segment-store.ts';

/** A segment that the caller may change. Shared ones are UNAUTH, invisible ones are not there. */
export async function changeable(db: CatalogReader, call: Call, sight: Sight, id: number): Promise<SeenSegment> {
  const row = await readSegment(db, sight, id);
  const named = call.parameters.id('member_id');
  if (!row || (named !== undefined && row.provider_id === null && row.member_id !== named)) throw notFound('segment', 'id', id);
  if (row.provider_id !== null) throw refusal(segmentErrors.readOnly, { id, member: row.member_id });
  return row;
}
