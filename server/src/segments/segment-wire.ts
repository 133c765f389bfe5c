import { formatTimestamp } from '../kit/timestamp.ts';
import type { SegmentContent } from './segment.ts';
import { segmentContent, type SeenSegment } from './store/segment-store.ts';

/** `price` is a string in GET and a number in POST and PUT; it means nothing any more (Segment Service). */
export type PriceForm = 'text' | 'number';

/** A segment as `/segment` shows it. With `valueIds`, the values of a query-string mapping come with ids. */
export function segmentOnWire(row: SeenSegment, price: PriceForm, valueIds = false) {
  const content = segmentContent(row);
  return {
    id: row.id,
    ...content,
    member_id: row.member_id,
    querystring_mapping: valueIds ? withValueIds(content.querystring_mapping) : content.querystring_mapping,
    provider_id: row.provider_id,
    provider: row.provider,
    category: null,
    price: price === 'text' ? '0' : 0,
    object_type: 'default',
    last_modified: formatTimestamp(row.last_modified),
  };
}

/** Values are numbered within their mapping, from 1. */
function withValueIds(mapping: SegmentContent['querystring_mapping']) {
  return mapping && { ...mapping, values: mapping.values && mapping.values.map((value, index) => ({ id: index + 1, value })) };
}

/** An own segment as its owner sees it, straight from its row. */
export const ownSegment = <Row extends object>(row: Row): Row & { provider_id: null; provider: null } => ({
  ...row,
  provider_id: null,
  provider: null,
});

/** Several segments in one answer: ids as an array, the segments as an object by id. */
export function severalSegments(segments: readonly { readonly id: number }[]) {
  const ids = segments.map((segment) => segment.id);
  return {
    fields: {
      count: segments.length,
      start_element: 0,
      num_elements: 100,
      id: ids,
      ids,
      segments: Object.fromEntries(segments.map((segment) => [segment.id, segment])),
    },
    outputTerm: 'segments',
  };
}
