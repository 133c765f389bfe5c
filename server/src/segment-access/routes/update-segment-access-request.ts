import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedId, notFound, oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { type AccessState, checkStep } from '../access-request.ts';
import { accessDecisionSchema } from '../access-request-schema.ts';
import { accessRequestOnWire, readAccessRequest, takeStep } from '../store/access-request-store.ts';

const name = 'segment_access_request';

/**
 * `PUT /segment-access-request?id=`: the owner accepts, refuses or revokes, the asker withdraws; the right is given or taken in the same
 * transaction (additions.md section 5).
 */
export const updateSegmentAccessRequest = (catalog: Catalog): AccountOperation => ({
  id: 'updateSegmentAccessRequest',
  method: 'PUT',
  paths: ['/segment-access-request', '/segment-access-request/:first'],
  summary: 'Accept, refuse, withdraw or revoke a request for the right to put users into segments',
  access: writing,
  body: accessDecisionSchema,
  answer: accessDecisionSchema,
  async handle(call) {
    const id = addressedId(call.parameters, call.path.first);
    const sight = sightOf(call, 'member_id');
    const { role, memberId } = call.caller;
    const sent = readObject(accessDecisionSchema, readOne(call.body, name, call.warnings), name, call.warnings);
    const { state: to } = sent;
    if (to === undefined) throw refusal(httpErrors.missingField, { path: `${name}.state` });
    const row = await catalog.change(changeContext(call, 'updateSegmentAccessRequest'), async (change) => {
      const before = await readAccessRequest(change.db, id);
      const isSide = sight === null || before?.member_id === sight || before?.segment_owner_member_id === sight;
      if (!before || !isSide) throw notFound('segment access request', 'id', id);
      checkStep(before.state as AccessState, to, role === 'admin' ? 'admin' : before.member_id === memberId ? 'asker' : 'owner');
      return takeStep(change, before, to, memberId);
    });
    return oneAnswer(name, accessRequestOnWire(row), { id: row.id });
  },
});
