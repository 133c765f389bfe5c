import { listOwn } from '../../../access/list-own.ts';
import { metaOperation } from '../../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../../http/operation.ts';
import type { CatalogReader } from '../../../storage/sql/catalog-schema.ts';
import { reviewSchema } from '../review-schema.ts';
import { listReviews, reviewFields, reviewOnWire } from '../../store/review-store.ts';

/** `GET /application-review`: what was asked about own applications and what came of it; the operator sees all. */
export const listApplicationReviews = (db: CatalogReader): AccountOperation => ({
  id: 'listApplicationReviews',
  method: 'GET',
  paths: ['/application-review', '/application-review/:first'],
  summary: 'Reviews of applications',
  access: reading,
  answer: reviewSchema,
  handle: listOwn({
    keys: { one: 'application_review', many: 'application_reviews' },
    fields: reviewFields,
    read: (member, list) => listReviews(db, member, list),
    show: reviewOnWire,
  }),
});

/** `GET /application-review/meta`. */
export const describeApplicationReviews = (): AccountOperation =>
  metaOperation('describeApplicationReviews', ['/application-review'], 'application reviews', reviewFields);
