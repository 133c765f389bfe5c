import { refusal } from '../kit/refusal.ts';
import { segmentErrors } from './segment-errors.ts';

/** 180 days: what a longer `expire_minutes` acts as, and none at all for pixels (platform.md section 5). */
export const longestSegmentMinutes = 259_200;

export interface PiggybackPixel {
  readonly url: string;
  readonly pixel_type: 'js' | 'img';
}

export interface QuerystringMapping {
  readonly param: string;
  readonly value_type: 'text' | 'numeric' | 'none';
  readonly values: readonly string[] | null;
  readonly allow_empty_text: boolean;
  readonly publishers: readonly { readonly id: number }[] | null;
  readonly sites: readonly { readonly id: number }[] | null;
  readonly placements: readonly { readonly id: number }[] | null;
}

/** What a client can set of a segment, with null and false where it set nothing (platform.md section 5). */
export interface SegmentContent {
  readonly code: string | null;
  readonly short_name: string | null;
  readonly description: string | null;
  readonly state: 'active' | 'inactive';
  readonly advertiser_id: number | null;
  readonly expire_minutes: number | null;
  readonly enable_rm_piggyback: boolean;
  readonly max_usersync_pixels: number;
  readonly piggyback_pixels: readonly PiggybackPixel[] | null;
  readonly client_side: boolean;
  readonly parent_segment_id: number | null;
  readonly querystring_mapping: QuerystringMapping | null;
  readonly querystring_mapping_key_value: { readonly qs_key: string; readonly qs_value: string | null } | null;
  readonly taxonomy_id: string | null;
}

export const emptySegment: SegmentContent = {
  code: null,
  short_name: null,
  description: null,
  state: 'active',
  advertiser_id: null,
  expire_minutes: null,
  enable_rm_piggyback: true,
  max_usersync_pixels: 0,
  piggyback_pixels: null,
  client_side: true,
  parent_segment_id: null,
  querystring_mapping: null,
  querystring_mapping_key_value: null,
  taxonomy_id: null,
};

/** What was sent of a segment, after its fields were read one by one. */
export type SentSegment = Partial<Record<keyof SegmentContent | 'member_id', unknown>>;

/** The segment after a call: what was sent wins, arrays are replaced, or with `append` added to (API Semantics). */
export function mergedSegment(before: SegmentContent, sent: SentSegment, append: boolean): SegmentContent {
  const { member_id: _fixed, ...fields } = sent;
  const merged = { ...before, ...(fields as Partial<SegmentContent>) };
  const { piggyback_pixels: pixels } = merged;
  const mapping = merged.querystring_mapping && { ...emptyMapping, ...merged.querystring_mapping };
  return {
    ...merged,
    max_usersync_pixels: merged.max_usersync_pixels ?? 0,
    piggyback_pixels: append && sent.piggyback_pixels ? [...(before.piggyback_pixels ?? []), ...(pixels ?? [])] : pixels,
    querystring_mapping: append && mapping && sent.querystring_mapping ? addedMapping(before.querystring_mapping, mapping) : mapping,
  };
}

/** The mapping with its lists added to those that were there, each entry once. */
function addedMapping(before: QuerystringMapping | null, sent: QuerystringMapping): QuerystringMapping {
  if (!before) return sent;
  const ids = (name: 'publishers' | 'sites' | 'placements') => both(before[name], sent[name], ({ id }) => id);
  return {
    ...sent,
    values: both(before.values, sent.values, (value) => value),
    publishers: ids('publishers'),
    sites: ids('sites'),
    placements: ids('placements'),
  };
}

function both<T>(before: readonly T[] | null, sent: readonly T[] | null, keyOf: (entry: T) => string | number): readonly T[] | null {
  if (!before || !sent) return sent ?? before;
  return [...new Map([...before, ...sent].map((entry) => [keyOf(entry), entry])).values()];
}

const emptyMapping = { values: null, allow_empty_text: false, publishers: null, sites: null, placements: null };

/**
 * The rules that one segment's fields must keep among themselves. `isTaxonomyId` knows the entries of the taxonomy.
 * @throws Refusal of the kind SYNTAX, naming the field by `path`
 */
export function checkSegment(segment: SegmentContent, path: string, isTaxonomyId: (id: string) => boolean): void {
  const { querystring_mapping: mapping, querystring_mapping_key_value: keyValue, piggyback_pixels: pixels } = segment;
  if (mapping && keyValue) throw refusal(segmentErrors.bothMappings, { path });
  if (keyValue && segment.max_usersync_pixels > 0) throw refusal(segmentErrors.mappingWithPixels, { path });
  if (mapping) checkMapping(mapping, path);
  if (pixels) {
    if (new Set(pixels.map((pixel) => pixel.pixel_type)).size > 1) throw refusal(segmentErrors.pixelTypesMixed, { path });
    if (pixels.filter((pixel) => pixel.pixel_type === 'img').length > 1) throw refusal(segmentErrors.pixelImages, { path });
  }
  if (segment.taxonomy_id !== null && !isTaxonomyId(segment.taxonomy_id))
    throw refusal(segmentErrors.taxonomyUnknown, { path, id: segment.taxonomy_id.slice(0, 40) });
}

function checkMapping(mapping: QuerystringMapping, path: string): void {
  const hasValues = mapping.values !== null && mapping.values.length > 0;
  if (mapping.value_type !== 'text') {
    if (mapping.values !== null) throw refusal(segmentErrors.valuesNeedText, { path });
    if (mapping.allow_empty_text) throw refusal(segmentErrors.emptyTextNeedsText, { path });
  } else if (!hasValues && !mapping.allow_empty_text) throw refusal(segmentErrors.textNeedsValues, { path });
}
