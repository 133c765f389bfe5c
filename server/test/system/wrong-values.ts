/** Bodies that the protocols refuse: each field with values of a wrong type, range or form (platform.md sections 5 and 6). */
import { buyerMembers, providerMember, segmentIds } from '../small-import.ts';

export interface WrongValue {
  readonly field: string;
  readonly value: unknown;
}

const each = (field: string, ...values: readonly unknown[]): readonly WrongValue[] => values.map((value) => ({ field, value }));
const notText = [5, true, [], {}] as const;
const notFlag = ['perhaps', 5, [], {}] as const;
const notWhole = ['x', 1.5, true, [], {}, -1, '-1', '1e3', '٣', 1e300] as const;

export const wrongSegmentValues: readonly WrongValue[] = [
  ...each('code', ...notText, 'x'.repeat(51)),
  ...each('short_name', ...notText, 'x'.repeat(256)),
  ...each('description', ...notText, 'x'.repeat(501), "it's", 'a\\b'),
  ...each('state', 'gone', 'ACTIVE ', '', ...notText),
  ...each('advertiser_id', ...notWhole),
  ...each('expire_minutes', ...notWhole),
  ...each('enable_rm_piggyback', ...notFlag),
  ...each('max_usersync_pixels', ...notWhole),
  ...each('client_side', ...notFlag),
  ...each('parent_segment_id', ...notWhole),
  ...each('piggyback_pixels', 'x', 5, {}, ['x'], [{}], [{ url: 5, pixel_type: 'js' }], [{ url: 'ftp://x.example/', pixel_type: 'js' }]),
  ...each('piggyback_pixels', [{ url: 'data:text/html,x', pixel_type: 'img' }], [{ url: 'https://x.example/', pixel_type: 'gif' }]),
  ...each('querystring_mapping', 'x', 5, [], {}, { param: 5, value_type: 'text' }, { param: 'p', value_type: 'word', values: ['a'] }),
  ...each('querystring_mapping', { param: 'p', value_type: 'text' }, { param: 'p', value_type: 'numeric', values: ['a'] }),
  ...each('querystring_mapping_key_value', 'x', 5, [], {}, { qs_key: 'a' }, { qs_value: 'a' }, { qs_key: 5, qs_value: 'a' }),
];

/** What a good record holds; each wrong value replaces one field of it. */
export const goodRecord = { buyer_member_id: buyerMembers[0], segment_exposure: 'list', segments: [{ id: segmentIds[0] }] };

export const wrongRecordValues: readonly WrongValue[] = [
  ...each('buyer_member_id', null, ...notWhole),
  ...each('segment_exposure', null, 'some', '', ...notText),
  ...each('segments', null, 'x', 5, {}, ['x'], [null], [{}], [{ id: 'x' }], [{ id: 1.5 }], [{ id: null }], [{ id: {} }], [[segmentIds[0]]]),
  ...each('export_allowed', null, 'x', 'perhaps', 5, [], {}),
];

/** Blocks and users of /rt-segment; they answer 200 with a warning (ingest.md section 3.1) or a refusal that names the field. */
export const wrongInstantUsers: readonly { readonly field: string; readonly user: unknown }[] = [
  ...[null, '', undefined].map((user_id) => ({ field: 'user_id', user: { user_id, seg_block: [{ seg_id: segmentIds[0] }] } })),
  ...[null, [], undefined, 'x', 5, {}].map((seg_block) => ({ field: 'seg_block', user: { user_id: '5', seg_block } })),
  ...[-2, 1.5, 'x', 2 ** 31, {}, [], true].map((expiration) => instantBlock('expiration', { seg_id: segmentIds[0], expiration })),
  ...[-1, 1.5, 'x', 2 ** 31, {}, [], true].map((value) => instantBlock('value', { seg_id: segmentIds[0], value })),
  instantBlock('seg_id', { value: 1 }),
  instantBlock('seg_id', { seg_code: 'load_1' }),
  instantBlock('seg_id', { seg_id: segmentIds[0], seg_code: 'load_1', member_id: providerMember }),
];

function instantBlock(field: string, block: unknown): { readonly field: string; readonly user: unknown } {
  return { field, user: { user_id: '5', seg_block: [block] } };
}

/** Shapes where nothing is said about the answer but that it is no fault of the server's. */
export const oddInstantBodies: readonly unknown[] = [
  {},
  { rt_segment: null },
  { rt_segment: {} },
  { rt_segment: 'x' },
  { rt_segment: [null, 5, 'x', [], true] },
  { rt_segment: [], domain: 5 },
  { rt_segment: [{ user_id: {}, seg_block: [{ seg_id: 1 }] }] },
  { rt_segment: [{ user_id: [1], seg_block: [null, 5, 'x', []] }] },
  { rt_segment: [{ user_id: true, seg_block: [{ seg_id: {} }] }] },
  { rt_segment: [{ user_id: 1.5, seg_block: [{ seg_id: -1 }] }] },
  { rt_segment: [{ user_id: 1e300, seg_block: [{ seg_id: 1e300 }] }] },
  { rt_segment: [{ user_id: '5', domain: {}, seg_block: [{ seg_id: 1 }] }] },
  { rt_segment: [{ user_id: '5', domain: 'constructor', seg_block: [{ seg_id: 1 }] }] },
  { rt_segment: [{ user_id: '5', domain: '__proto__', seg_block: [{ seg_id: 1 }] }] },
  { rt_segment: [{ user_id: '5', seg_block: [{ seg_code: 5, member_id: 'x' }] }] },
  { rt_segment: [{ user_id: '5', seg_block: [{ seg_code: 'x'.repeat(10_000), member_id: 1 }] }] },
  { rt_segment: [{ user_id: '5'.repeat(100_000), seg_block: [{ seg_id: 1 }] }] },
  { rt_segment: [{ user_id: '\ud800', seg_block: [{ seg_code: '\udfff', member_id: providerMember }] }] },
];

/** Texts that are no JSON, or no JSON object. */
export const unreadableBodies: readonly string[] = [
  '',
  ' ',
  '{',
  '{"segment":',
  '{"segment":{"short_name":"x"}',
  '{"segment":{"short_name":"x"}}}',
  "{'segment':{}}",
  '{"segment":{"short_name":"\u0000"}}'.replace('\\u0000', '\u0000'),
  '{"segment":{"short_name":"\\u12"}}',
  '{"segment":{"expire_minutes":01}}',
  '{"segment":{"expire_minutes":NaN}}',
  '\ufeff{',
  'null',
  'true',
  '5',
  '"segment"',
  '[]',
  '[{"segment":{}}]',
  '<segment/>',
  'segment=1&short_name=x',
  '['.repeat(100_000),
  '{"a":'.repeat(100_000),
];

/** JSON objects that hold nothing a service could act on, for whatever key it expects. */
export const wrongContainers: readonly string[] = [
  '{}',
  '{"segment":null}',
  '{"segment":5}',
  '{"segment":[]}',
  '{"segments":{}}',
  '{"segments":[]}',
  '{"segments":[null]}',
  '{"segment":{},"segments":[{}]}',
  '{"__proto__":{"segment":{}}}',
  '{"constructor":{}}',
  `{"segment":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
];
