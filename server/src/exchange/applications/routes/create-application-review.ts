import { changeContext, sightOf } from '../../../access/acting-member.ts';
import { notFound, oneAnswer } from '../../../http/answers.ts';
import { type AccountOperation, writing } from '../../../http/operation.ts';
import { readOne } from '../../../http/read-body.ts';
import { readObject, requireFields } from '../../../http/read-object.ts';
import type { Catalog } from '../../../storage/sql/catalog.ts';
import type { ApplicationState } from '../application.ts';
import { checkReviewStep } from '../review.ts';
import { reviewSchema } from '../review-schema.ts';
import { readApplication } from '../../store/application-store.ts';
import { openReview, reviewOnWire } from '../../store/review-store.ts';

const name = 'application_review';

/** `POST /application-review`: asks the operator to let others use an application (additions.md section 6). */
export const createApplicationReview = (catalog: Catalog): AccountOperation => ({
  id: 'createApplicationReview',
  method: 'POST',
  paths: ['/application-review'],
  summary: 'Ask the operator to approve an application for other members',
  access: writing,
  body: reviewSchema,
  answer: reviewSchema,
  async handle(call) {
    const sight = sightOf(call, 'member_id');
    const sent = readObject(reviewSchema, readOne(call.body, name, call.warnings), name, call.warnings);
    requireFields(sent, ['application_id'], name);
    const { application_id: id = 0 } = sent;
    const row = await catalog.change(changeContext(call, 'createApplicationReview'), async (change) => {
      const application = await readApplication(change.db, id);
      if (!application || (sight !== null && application.member_id !== sight)) throw notFound('application', 'application_id', id);
      checkReviewStep(application.state as ApplicationState, 'IN_REVIEW', call.caller.role === 'admin' ? 'admin' : 'owner');
      return openReview(change, application);
    });
    return oneAnswer(name, reviewOnWire(row), { id: row.id });
  },
});
