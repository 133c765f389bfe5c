import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { applicationSchema } from '../../endpoints/definition-schema.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireOwnApplication } from '../../store/application-store.ts';
import { deploymentId } from '../application.ts';
import { checkApplication, defineApplication, redefineApplication } from '../define-application.ts';

const answer = Type.Object({
  applicationId: Type.Integer(),
  deploymentId: Type.Integer(),
  key: Type.Optional(Type.String({ description: 'The application-level key of a new application, shown once' })),
});

/**
 * `POST /v1/application`, the protocol's form (exchange.md section 2.3): with the account-level key it defines an application, with an
 * application's own key it defines this one anew.
 */
export const putApplication = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'putApplication',
    method: 'POST',
    path: '/v1/application',
    summary: 'Define an application; with its own key, define it anew',
    access: { who: 'application', writes: true },
    body: applicationSchema,
    answer,
    handle: ({ caller, memberId, body, change }) => {
      checkApplication(parts, body);
      return change(async (made) => {
        if (caller.kind !== 'application-key') return { status: 201, json: await defineApplication(parts, made, memberId, body) };
        const before = await requireOwnApplication(made.db, memberId, caller.applicationId);
        await redefineApplication(parts, made, before, body);
        return { status: 201, json: { applicationId: before.id, deploymentId } };
      });
    },
  });
