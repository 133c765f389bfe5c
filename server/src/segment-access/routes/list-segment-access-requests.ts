import { listOwn } from '../../access/list-own.ts';
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
  handle: listOwn({
    keys: { one: 'segment_access_request', many: 'segment_access_requests' },
    fields: accessRequestFields,
    read: (member, list) => listAccessRequests(db, member, list),
    show: accessRequestOnWire,
  }),
});

/** `GET /segment-access-request/meta`. */
export const describeSegmentAccessRequests = (): AccountOperation =>
  metaOperation('describeSegmentAccessRequests', ['/segment-access-request'], 'segment access requests', accessRequestFields);
