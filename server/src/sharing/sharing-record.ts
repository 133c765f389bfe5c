import { isObject } from '../http/read-body.ts';
import { readObject, requireFields } from '../http/read-object.ts';
import { refusal } from '../kit/refusal.ts';
import { sharingErrors } from './sharing-errors.ts';
import { sharingRecordSchema } from './sharing-schema.ts';

/** What a record shares: all member-level segments, or a list. */
export type Exposure = { readonly kind: 'all' } | { readonly kind: 'list'; readonly segments: readonly number[] };

/** What was sent of a record, field by field in order. */
export interface SentRecord {
  readonly id: number | undefined;
  readonly dataMemberId: number | undefined;
  readonly buyerMemberId: number | undefined;
  readonly exposure: 'all' | 'list' | undefined;
  /** Ids, each once; null where null was sent; undefined where nothing was. */
  readonly segments: readonly number[] | null | undefined;
  readonly exportAllowed: boolean | undefined;
}

/** Reads a record. The names that clients send back with their segments are passed over without a warning. */
export function readSentRecord(object: Readonly<Record<string, unknown>>, path: string, warnings: string[]): SentRecord {
  const { segments } = object;
  const bare = Array.isArray(segments)
    ? segments.map((segment) => (isObject(segment) && 'id' in segment ? { id: segment.id } : segment))
    : segments;
  const sent = readObject(sharingRecordSchema, 'segments' in object ? { ...object, segments: bare } : object, path, warnings);
  return {
    id: sent.id,
    dataMemberId: sent.data_member_id,
    buyerMemberId: sent.buyer_member_id,
    exposure: sent.segment_exposure,
    segments: sent.segments && [...new Set(sent.segments.map((segment) => segment.id))],
    exportAllowed: sent.export_allowed,
  };
}

/** What a new record shares. @throws Refusal of the kind SYNTAX */
export function newExposure(sent: SentRecord, path: string): Exposure {
  requireFields({ buyer_member_id: sent.buyerMemberId, segment_exposure: sent.exposure }, ['buyer_member_id', 'segment_exposure'], path);
  if (sent.exposure === 'all') {
    if (sent.segments && sent.segments.length > 0) throw refusal(sharingErrors.listWithAll, { path });
    return { kind: 'all' };
  }
  if (!sent.segments) throw refusal(sharingErrors.listMissing, { path });
  return { kind: 'list', segments: sent.segments };
}

/**
 * What a record shares after a change: the list is replaced, or with `append` only added to; to `all` drops it, to `list` needs one.
 * @throws Refusal SYNTAX for a list beside `all` or none for `list`, INTEGRITY for segments on a record that shares all
 */
export function changedExposure(before: Exposure, sent: SentRecord, append: boolean, path: string): Exposure {
  if (sent.exposure === 'all') {
    if (sent.segments && sent.segments.length > 0) throw refusal(sharingErrors.listWithAll, { path });
    return { kind: 'all' };
  }
  if (before.kind === 'all') {
    if (sent.exposure === 'list') {
      if (!sent.segments) throw refusal(sharingErrors.listMissing, { path });
      return { kind: 'list', segments: sent.segments };
    }
    if (sent.segments) throw refusal(sharingErrors.segmentsWithAll);
    return before;
  }
  if (sent.segments === null) throw refusal(sharingErrors.listMissing, { path });
  if (sent.segments === undefined) return before;
  return { kind: 'list', segments: append ? [...new Set([...before.segments, ...sent.segments])] : sent.segments };
}

/** The segments that a change gives away anew. `all` gives anything. */
export function addedSegments(before: Exposure, after: Exposure): readonly number[] | 'all' {
  if (after.kind === 'all') return before.kind === 'all' ? [] : 'all';
  if (before.kind === 'all') return after.segments;
  const had = new Set(before.segments);
  return after.segments.filter((segment) => !had.has(segment));
}

/** Does a change take segments away? */
export function narrows(before: Exposure, after: Exposure): boolean {
  if (after.kind === 'all') return false;
  if (before.kind === 'all') return true;
  const kept = new Set(after.segments);
  return before.segments.some((segment) => !kept.has(segment));
}
