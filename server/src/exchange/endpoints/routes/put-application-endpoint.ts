import { Type } from 'typebox';
import { type Application, applicationOf, definitionFrom } from '../../applications/application.ts';
import { requireDeployment } from '../../applications/require-deployment.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { idInPath } from '../../calls/path-parts.ts';
import { refusal } from '../../../kit/refusal.ts';
import type { CatalogChange } from '../../../storage/sql/catalog-change.ts';
import type { EndpointTable } from '../../../storage/sql/exchange-schema.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireSeenApplication } from '../../store/application-store.ts';
import { refuseSecond, requireEndpointRow } from '../../store/endpoint-store.ts';
import { databasesSchema, descriptionSchema, nameSchema, urlSchema } from '../definition-schema.ts';
import { registeredSchema } from '../endpoint-wire.ts';
import { readDefinition } from '../read-definition.ts';
import { registerEndpoint } from '../register-endpoint.ts';
import { endpointParameter, registeringEndpoint, requireNotBuiltIn } from '../registering-endpoint.ts';

const body = Type.Object({
  name: Type.Optional(nameSchema),
  description: Type.Optional(descriptionSchema),
  url: Type.Optional(urlSchema),
  marketingDatabasesDefinition: Type.Optional(databasesSchema),
});

/** `PUT /v1/endpoint/:applicationId/:deploymentId`: as `PUT /v1/endpoint`, with what the application says (exchange.md section 2.3). */
export const putApplicationEndpoint = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'putApplicationEndpoint',
    method: 'PUT',
    path: '/v1/endpoint/:applicationId/:deploymentId',
    summary: 'Register an endpoint from an application, once for a member',
    access: { who: 'registration', writes: true },
    parameters: [endpointParameter],
    body,
    bodyOptional: true,
    answer: registeredSchema,
    handle: (call) => {
      const endpoint = registeringEndpoint(call);
      requireDeployment(call);
      const applicationId = idInPath(call, 'applicationId', 'application');
      return call.change(async (made) => {
        const before = await requireEndpointRow(made, call.memberId, endpoint);
        requireNotBuiltIn(before);
        const application = await applicationFor(parts, made, before, applicationId);
        const definition = definitionFrom(application, { ...call.body, name: call.body.name ?? before.name });
        const registration = readDefinition(definition, parts.peers.rule);
        const more = { kind: 'application', application_id: applicationId };
        return { status: 200, json: await registerEndpoint(made, before, registration, more) };
      });
    },
  });

/** An endpoint that comes from the application already keeps it whatever the operator decides later; others must see it, and be the first of their member. */
async function applicationFor({ view }: ExchangeParts, change: CatalogChange, endpoint: EndpointTable, id: number): Promise<Application> {
  if (endpoint.application_id === id) {
    const row = await change.db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    return applicationOf(row);
  }
  const row = await requireSeenApplication(change.db, endpoint.member_id, view.current().platformMember(), id);
  if (endpoint.application_id !== null)
    throw refusal(exchangeErrors.badState, { fault: `Endpoint ${endpoint.id} comes from application ${endpoint.application_id}` });
  await refuseSecond(change, endpoint.member_id, id);
  return applicationOf(row);
}
