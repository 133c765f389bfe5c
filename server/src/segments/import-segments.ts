import { checkReferences } from './check-references.ts';
import { checkSegment, emptySegment, mergedSegment, type SentSegment } from './segment.ts';
import { insertSegment, segmentContent, segmentRow, updateSegment } from './store/segment-store.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { SegmentTable } from '../storage/sql/catalog-schema.ts';
import {
  differing,
  highestId,
  type Imported,
  importConflict,
  inWordsOfImport,
  type KindCounts,
  noCounts,
} from '../storage/sql/import-parts.ts';

/** A segment in an import file: the wire's words, id and member included. */
export type ImportedSegment = SentSegment & { readonly id?: number; readonly member_id?: number };

/** Segments by id, under the same rules as over the API. A segment that is there keeps its member. Parents come before their children. */
export async function importSegments(
  change: CatalogChange,
  segments: readonly Imported<ImportedSegment>[],
  taxonomyIds: ReadonlySet<string>,
): Promise<KindCounts> {
  const counts = noCounts();
  const members = new Set((await change.db.selectFrom('member').select('id').execute()).map((row) => row.id));
  const known = new Map((await change.db.selectFrom('segment').selectAll().execute()).map((row) => [row.id, row]));
  const ordered = [...segments].sort((a, b) => Number(a.fields.parent_segment_id ?? 0) - Number(b.fields.parent_segment_id ?? 0));
  await freeCodes(change, known, ordered);
  for (const { object, fields } of ordered) {
    const { id = 0, member_id: memberId = 0, ...sent } = fields;
    if (!members.has(memberId)) throw importConflict(object, `there is no member ${memberId}`);
    const before = known.get(id);
    if (before && before.member_id !== memberId)
      throw importConflict(object, `segment ${id} belongs to member ${before.member_id}, which cannot change`);
    const content = mergedSegment(before ? segmentContent(before) : emptySegment, sent, false);
    const row = segmentRow(id, memberId, content, change.nowMs);
    await inWordsOfImport(object, async () => {
      checkSegment(content, object, (entry) => taxonomyIds.has(entry));
      await checkReferences(change.db, row, object);
    });
    if (!before) {
      await insertSegment(change, row);
      counts.created += 1;
      continue;
    }
    const same = differing(before, { ...row, last_modified: before.last_modified }) === undefined;
    if (!same) await updateSegment(change, before, row);
    counts[same ? 'unchanged' : 'changed'] += 1;
  }
  await change.reserveIds('segment', highestId(segments));
  return counts;
}

/** Segments of the file that give up their codes do so first, so that two can change theirs for each other's. */
async function freeCodes(
  change: CatalogChange,
  known: ReadonlyMap<number, SegmentTable>,
  segments: readonly Imported<ImportedSegment>[],
): Promise<void> {
  for (const { fields } of segments) {
    const before = fields.id === undefined ? undefined : known.get(fields.id);
    if (!before || before.code === null || fields.code === undefined || fields.code === before.code) continue;
    await change.db.updateTable('segment').set({ code: null, code_folded: null }).where('id', '=', before.id).execute();
  }
}
