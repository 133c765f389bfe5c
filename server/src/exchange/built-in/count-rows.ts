import type { Clock } from '../../kit/clock.ts';
import type { MemberId, SegmentId } from '../../kit/ids.ts';
import type { ResolvedMapping } from '../shares/mapping.ts';
import { type SegmentReader, segmentRows } from './segment-rows.ts';

/** What a run over a segment would do now. */
export interface RowCounts {
  readonly rowsAvailable: number;
  readonly wouldSend: number;
  readonly wouldReject: number;
}

const longestIdentifier = 256;
const isTooLong = (value: string): boolean => value.length > longestIdentifier && [...value].length > longestIdentifier;

/**
 * Counts by going over the segment, page by page (exchange-sharing.md section 5). Values of the built-in endpoint are of their types, and no two
 * users have the same identifier; so what is rejected is too long, or lacks an end that the destination requires.
 */
export async function countRows(
  profiles: SegmentReader,
  clock: Clock,
  source: { readonly segment: SegmentId; readonly member: MemberId },
  mapping: ResolvedMapping,
): Promise<RowCounts> {
  const identifiers = mapping.sourceIdentifiers.map(({ name }) => name);
  const attributes = mapping.attributes.map((pair) => pair.source.name);
  const required = mapping.attributes.flatMap(({ destination }, at) => (destination.isRequired ? [identifiers.length + at] : []));
  let rowsAvailable = 0;
  let wouldReject = 0;
  for await (const { rows } of segmentRows(profiles, clock, { ...source, identifiers, attributes })) {
    rowsAvailable += rows.length;
    for (const row of rows) if (required.some((at) => row[at] === '') || row.slice(0, identifiers.length).some(isTooLong)) wouldReject++;
  }
  return { rowsAvailable, wouldSend: rowsAvailable - wouldReject, wouldReject };
}
