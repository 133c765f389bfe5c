import { defineRefusals } from '../kit/refusal.ts';

export const segmentErrors = defineRefusals('segments', {
  codeTaken: {
    errorId: 'INTEGRITY',
    text: "The code '{code}' is already used by another segment of member {member} (case does not matter)",
  },
  advertiserUnknown: { errorId: 'INTEGRITY', text: 'There is no advertiser {advertiser} of member {member}' },
  parentUnknown: { errorId: 'INTEGRITY', text: '{path}.parent_segment_id {parent} is no other segment of the same member' },
  parentNested: { errorId: 'INTEGRITY', text: '{path}.parent_segment_id {parent} would make more than one level of parents' },
  sharedToAdvertiser: {
    errorId: 'INTEGRITY',
    text: 'Segment {id} is on the list of sharing record {record} and cannot become advertiser-level; take it off first',
  },
  tooMany: {
    errorId: 'LIMIT',
    text: 'Member {member} may have {limit} segments and has {count}; the operator can raise segment_limit, or delete some',
  },
  readOnly: { errorId: 'UNAUTH', text: 'Segment {id} is shared with you by member {member} and can only be read' },
  bothMappings: {
    errorId: 'SYNTAX',
    text: '{path} can have querystring_mapping or querystring_mapping_key_value, not both; set the other to null',
  },
  mappingWithPixels: { errorId: 'SYNTAX', text: '{path}.max_usersync_pixels must be 0 beside querystring_mapping_key_value' },
  valuesNeedText: { errorId: 'SYNTAX', text: "{path}.querystring_mapping.values belong to the value_type 'text' alone" },
  textNeedsValues: { errorId: 'SYNTAX', text: "{path}.querystring_mapping needs values with the value_type 'text', or allow_empty_text" },
  emptyTextNeedsText: { errorId: 'SYNTAX', text: "{path}.querystring_mapping.allow_empty_text belongs to the value_type 'text' alone" },
  pixelTypesMixed: { errorId: 'SYNTAX', text: '{path}.piggyback_pixels must all have one pixel_type' },
  pixelImages: { errorId: 'SYNTAX', text: '{path}.piggyback_pixels can hold one img at most' },
  taxonomyUnknown: { errorId: 'SYNTAX', text: "{path}.taxonomy_id '{id}' is no Unique ID of the IAB Audience Taxonomy 1.1" },
  addressNotMember: { errorId: 'SYNTAX', text: 'The path names a member; {method} needs a segment: /segment/MEMBER/SEGMENT or ?id=' },
  notBuilt: { errorId: 'SYNTAX', text: "'{name}' is not offered by this version; nothing was changed" },
  twice: { errorId: 'SYNTAX', text: 'Segment {id} is there twice in the call' },
});
