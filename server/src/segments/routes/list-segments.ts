import { addressedList, listAnswer, oneAnswer, onlyOf } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { segmentAddress } from '../segment-address.ts';
import type { SegmentHooks } from '../segment-hooks.ts';
import { segmentSchema } from '../segment-schema.ts';
import { segmentOnWire } from '../segment-wire.ts';
import { listSegments as listRows, segmentFields, type SeenSegment, type Sight } from '../store/segment-store.ts';

/** A code can be there twice, the caller's own and a shared one: the own one is meant. */
const ownFirst = { field: 'provider_id', descending: false } as const;

/**
 * `GET /segment`: own segments and those available to the caller (Segment Service). One id or code answers the singular key
 * beside the plural one, which published clients and the documents read each.
 */
export const listSegments = (db: CatalogReader, hooks: SegmentHooks): AccountOperation => ({
  id: 'listSegments',
  method: 'GET',
  paths: ['/segment', '/segment/:first', '/segment/:first/:second'],
  summary: 'Read segments, own ones and those that are shared with you',
  access: reading,
  answer: segmentSchema,
  parameters: [
    { name: 'include_shared', description: '0: own segments only' },
    { name: 'show_querystring_ids', description: 'true: values of query-string mappings with ids' },
  ],
  async handle(call) {
    const { parameters, caller } = call;
    const address = segmentAddress(call);
    const includeShared = parameters.flag('include_shared') ?? true;
    const valueIds = parameters.flag('show_querystring_ids') ?? false;
    const asked = readListRequest(parameters, segmentFields);
    const sight: Sight = { member: caller.role === 'admin' ? null : caller.memberId, includeShared, hooks };
    const show = (row: SeenSegment) => trimmed(segmentOnWire(row, 'text', valueIds), asked.shown);
    const list = addressedList(asked, address.ids);
    const inMember = address.member === undefined ? [] : [{ field: 'member_id', is: 'in' as const, values: [address.member] }];
    const filters = [...list.filters, ...inMember];
    const sort = list.one?.key === 'code' ? [ownFirst] : list.sort;
    const { rows, count } = await listRows(db, sight, { ...list, filters, sort });
    const [first] = list.one ? [onlyOf('segment', list.one, rows)] : rows;
    if (!first || (!list.one && address.ids?.length !== 1)) return listAnswer('segments', rows.map(show), count, list);
    return oneAnswer('segment', show(first), { segments: [show(first)] });
  },
});

/** `GET /segment/meta`. */
export const describeSegments = (): AccountOperation => metaOperation('describeSegments', ['/segment'], 'segments', segmentFields);
