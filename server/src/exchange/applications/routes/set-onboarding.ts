import { Type } from 'typebox';
import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { idInPath } from '../../calls/path-parts.ts';
import { connectTypeSchema } from '../../endpoints/definition-schema.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireOwnApplication, updateApplication } from '../../store/application-store.ts';
import { applicationOf, definitionColumns, deploymentId } from '../application.ts';
import { requireDeployment } from '../require-deployment.ts';

const authType = Type.Union([Type.Literal('APIKEY'), Type.Literal('BASIC'), Type.Literal('NONE'), Type.Null()]);
const instructions = Type.Union([Type.String({ maxLength: 4000 }), Type.Null()]);
const body = Type.Object({
  connectType: connectTypeSchema,
  authType: Type.Optional(authType),
  instructions: Type.Optional(instructions),
});
const answer = Type.Object({
  applicationId: Type.Integer(),
  deploymentId: Type.Integer(),
  connectType: connectTypeSchema,
  authType,
  instructions,
});

/** `PUT /v1/application/:applicationId/deployment/:deploymentId/onboarding`: how users connect to the application (exchange.md section 2.3). */
export const setOnboarding = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'setOnboarding',
    method: 'PUT',
    path: '/v1/application/:applicationId/deployment/:deploymentId/onboarding',
    summary: 'Say how users connect to an application: with which credentials, or by what instructions',
    access: { who: 'application', writes: true },
    body,
    answer,
    handle: (call) => {
      const { caller, memberId, change } = call;
      const id = idInPath(call, 'applicationId', 'application');
      requireDeployment(call);
      if (caller.kind === 'application-key' && caller.applicationId !== id)
        throw refusal(exchangeErrors.scope, { fault: `This key does not belong to application ${id}` });
      return change(async (made) => {
        const before = await requireOwnApplication(made.db, memberId, id);
        const known = applicationOf(before);
        const given = { connectType: call.body.connectType, instructions: call.body.instructions ?? null };
        const after = applicationOf(
          await updateApplication(made, before, definitionColumns({ ...known.definition, ...given }, call.body.authType ?? null)),
        );
        const { connectType, authType: auth } = after;
        return {
          status: 200,
          json: { applicationId: id, deploymentId, connectType, authType: auth, instructions: after.instructions },
        };
      });
    },
  });
