import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { accessRequestSchema } from '../access-request-schema.ts';
import { accessRequestFields, accessRequestOnWire, listAccessRequests } from '../store/access-request-store.ts';

/** `GET /segment-access-request`: both sides see what was asked between them. */
export const listSegmentAccessRequests = (db: CatalogReader): AccountOperation => ({
  id: 'listSegmentAccessRequests',
  method: 'GET',
  paths: ['/segment-access-request', '/segment-access-request/:first'],
  summary: 'Requests for the right to put users into segments, your own and those to you',
  access: reading,
  answer: accessRequestSchema,
  async handle(call) {
    const ids = addressedIds(call.parameters, call.path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, accessRequestFields), ids);
    const { rows, count } = await listAccessRequests(db, member, list);
    const shown = rows.map((row) => trimmed(accessRequestOnWire(row), list.shown));
    return listedAnswer({ one: 'segment_access_request', many: 'segment_access_requests' }, list, shown, count);
  },
});

/** `GET /segment-access-request/meta`. */
export const describeSegmentAccessRequests = (): AccountOperation =>
  metaOperation('describeSegmentAccessRequests', ['/segment-access-request'], 'segment access requests', accessRequestFields);
