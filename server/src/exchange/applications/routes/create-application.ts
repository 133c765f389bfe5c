import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { applicationSchema } from '../../endpoints/definition-schema.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { checkApplication, defineApplication } from '../define-application.ts';

const answer = Type.Object({
  applicationId: Type.Integer(),
  deploymentId: Type.Integer({ description: 'Always 1' }),
  key: Type.String({ description: 'The application-level key, shown once' }),
});

/** `POST /v1/applications`: a provider defines what many register from (exchange-sharing.md section 2). */
export const createApplication = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'createApplication',
    method: 'POST',
    path: '/v1/applications',
    summary: 'Define an application that endpoints can be registered from',
    access: { who: 'people', writes: true },
    body: applicationSchema,
    answer,
    repeatable: true,
    handle: ({ memberId, body, change }) => {
      checkApplication(parts, body);
      return change(async (made) => ({ status: 201, json: await defineApplication(parts, made, memberId, body) }));
    },
  });
