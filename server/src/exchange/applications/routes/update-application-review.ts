import { changeContext, sightOf } from '../../../access/acting-member.ts';
import { addressedId, notFound, oneAnswer } from '../../../http/answers.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import { type AccountOperation, writing } from '../../../http/operation.ts';
import { readOne } from '../../../http/read-body.ts';
import { readObject } from '../../../http/read-object.ts';
import { refusal } from '../../../kit/refusal.ts';
import type { Catalog } from '../../../storage/sql/catalog.ts';
import type { ApplicationState } from '../application.ts';
import { applicationErrors } from '../application-errors.ts';
import { checkReviewStep } from '../review.ts';
import { reviewDecisionSchema } from '../review-schema.ts';
import { readApplication } from '../../store/application-store.ts';
import { newestReview, readReview, reviewOnWire, stepReview } from '../../store/review-store.ts';

const name = 'application_review';

/** `PUT /application-review?id=`: the operator decides, the owner takes its request back (additions.md section 6). */
export const updateApplicationReview = (catalog: Catalog): AccountOperation => ({
  id: 'updateApplicationReview',
  method: 'PUT',
  paths: ['/application-review', '/application-review/:first'],
  summary: 'Approve or reject an application, or take back the request for its review',
  access: writing,
  body: reviewDecisionSchema,
  answer: reviewDecisionSchema,
  async handle(call) {
    const id = addressedId(call.parameters, call.path.first);
    const sight = sightOf(call, 'member_id');
    const sent = readObject(reviewDecisionSchema, readOne(call.body, name, call.warnings), name, call.warnings);
    const { state: to, reason = null } = sent;
    if (to === undefined) throw refusal(httpErrors.missingField, { path: `${name}.state` });
    const row = await catalog.change(changeContext(call, 'updateApplicationReview'), async (change) => {
      const review = await readReview(change.db, id);
      const application = review && (await readApplication(change.db, review.application_id));
      if (!application || (sight !== null && review.member_id !== sight)) throw notFound('application review', 'id', id);
      if (to === 'IN_REVIEW') throw refusal(applicationErrors.noSuchStep, { from: review.state, to });
      checkReviewStep(review.state as ApplicationState, to, call.caller.role === 'admin' ? 'admin' : 'owner');
      if ((await newestReview(change.db, application.id))?.id !== id) throw refusal(applicationErrors.oldReview, { id });
      checkReason(to, reason);
      return stepReview(change, application, review, { state: to, reason });
    });
    return oneAnswer(name, reviewOnWire(row), { id: row.id });
  },
});

function checkReason(to: ApplicationState, reason: string | null): void {
  if (to === 'REJECTED' && (reason === null || reason.trim() === '')) throw refusal(applicationErrors.reasonNeeded);
  if (to !== 'REJECTED' && reason !== null) throw refusal(applicationErrors.reasonUnused);
}
