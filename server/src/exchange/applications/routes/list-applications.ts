import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import { applicationSchema } from '../../endpoints/definition-schema.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { listApplications as readApplications } from '../../store/application-store.ts';
import { type Application, applicationOf, deploymentId } from '../application.ts';

const answer = Type.Array(
  Type.Object({
    applicationId: Type.Integer(),
    deploymentId: Type.Integer(),
    memberId: Type.Integer({ description: 'Whose it is' }),
    state: Type.String({ description: 'DRAFT, IN_REVIEW, APPROVED or REJECTED' }),
    authType: Type.Union([Type.String(), Type.Null()]),
    ...applicationSchema.properties,
  }),
);

/** `GET /v1/applications`: what the member can register endpoints from (exchange-sharing.md section 2). */
export const listApplications = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listApplications',
    method: 'GET',
    path: '/v1/applications',
    summary: "Applications of the member, of the platform, and others' approved ones",
    access: { who: 'people', writes: false },
    parameters: pageParameters,
    answer,
    handle: async (call) => {
      const page = readPage(call, ['number']);
      const rows = await readApplications(parts.catalog.read, call.memberId, parts.view.current().platformMember(), page);
      return pageReply(
        call,
        page,
        rows,
        ({ id }) => [id],
        (row) => applicationOnWire(applicationOf(row)),
      );
    },
  });

const applicationOnWire = ({ id, memberId, state, connectType, instructions, authType, definition }: Application) => ({
  applicationId: id,
  deploymentId,
  memberId,
  state,
  ...definition,
  connectType,
  instructions,
  authType,
});
