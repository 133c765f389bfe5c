import { type Static, Type } from 'typebox';
import { type Application, applicationOf, definitionFrom } from '../../applications/application.ts';
import { makeKey } from '../../calls/exchange-keys.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { type FieldFault, invalidFields } from '../../calls/read-exchange-body.ts';
import type { CatalogChange } from '../../../storage/sql/catalog-change.ts';
import type { EndpointTable } from '../../../storage/sql/exchange-schema.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import type { PeerAuth } from '../../peer/peer-auth.ts';
import { requireSeenApplication } from '../../store/application-store.ts';
import { insertEndpoint, refuseSecond } from '../../store/endpoint-store.ts';
import { startConnecting } from '../connect-endpoint.ts';
import { readConnection, sealConnection } from '../connection.ts';
import { connectionSchema, connectTypeSchema, namelessDefinitionSchema, nameSchema } from '../definition-schema.ts';
import { calledUrls, readDefinition, type Registration } from '../read-definition.ts';
import { registeredColumns } from '../register-endpoint.ts';

const body = Type.Object({
  name: nameSchema,
  applicationId: Type.Optional(Type.Integer({ minimum: 1 })),
  connectType: Type.Optional(connectTypeSchema),
  definition: Type.Optional(namelessDefinitionSchema),
  connection: Type.Optional(connectionSchema),
});
const answer = Type.Object({
  endpointId: Type.Integer(),
  key: Type.String({ description: 'Shown once' }),
  status: Type.String(),
  connectType: connectTypeSchema,
  instructions: Type.Union([Type.String(), Type.Null()]),
});

type Body = Static<typeof body>;

/** What a registration comes to. */
interface Wanted {
  readonly body: Body;
  readonly connectType: string;
  readonly application: Application | undefined;
  /** Of a direct connection: what is registered at once. */
  readonly registration: Registration | undefined;
  readonly auth: PeerAuth;
}

/** `POST /v1/endpoint-registrations`: a user adds an endpoint; its key is shown once (exchange-sharing.md section 2). */
export const createEndpointRegistration = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'createEndpointRegistration',
    method: 'POST',
    path: '/v1/endpoint-registrations',
    summary: 'Add an endpoint: its key for its software, or a direct connection',
    access: { who: 'people', writes: true },
    body,
    answer,
    repeatable: true,
    handle: async ({ memberId, body: sent, change }) => {
      const wanted = await readWanted(parts, memberId, sent);
      let made = 0;
      const reply = await change(async (changing) => {
        if (wanted.application) await refuseSecond(changing, memberId, wanted.application.id);
        made = await changing.newIds('endpoint');
        await insertEndpoint(changing, { ...newRow(changing, made, memberId, wanted), ...sealConnection(parts, made, wanted.auth) });
        const { key } = await makeKey(changing, { scope: 'endpoint', subjectId: made, memberId });
        const { connectType, application } = wanted;
        return {
          status: 201,
          json: { endpointId: made, key, status: 'PENDING', connectType, instructions: application?.instructions ?? null },
        };
      });
      if (wanted.registration) startConnecting(parts, made);
      return reply;
    },
  });

async function readWanted({ catalog, view, peers }: ExchangeParts, member: number, sent: Body): Promise<Wanted> {
  const { applicationId } = sent;
  const application =
    applicationId === undefined
      ? undefined
      : applicationOf(await requireSeenApplication(catalog.read, member, view.current().platformMember(), applicationId));
  const connectType = sent.connectType ?? application?.connectType ?? 'INSTRUCTIONS';
  const isDirect = connectType === 'DIRECTCONNECT';
  const faults: FieldFault[] = [];
  if (sent.definition && application)
    faults.push({ field: 'definition', message: 'must not be given with applicationId: the application says it' });
  if (sent.definition && !isDirect)
    faults.push({
      field: 'definition',
      message: "must not be given: with INSTRUCTIONS the endpoint's software says it, by PUT /v1/endpoint",
    });
  if (!sent.definition && !application && isDirect) faults.push({ field: 'definition', message: 'is required for DIRECTCONNECT' });
  if (faults.length > 0) throw invalidFields(faults);
  const { name, definition } = sent;
  const direct = application ? definitionFrom(application, { name }) : definition && { ...definition, name };
  const registration = isDirect && direct ? readDefinition(direct, peers.rule) : undefined;
  if (registration && calledUrls(registration).length === 0)
    throw invalidFields([
      {
        field: 'definition.endpointTypes.segment',
        message: 'must hold a pull source or a push destination: others call and are not called',
      },
    ]);
  const auth: PeerAuth = sent.connection ? readConnection(sent.connection, 'connection.attributes') : { type: 'NONE' };
  return { body: sent, connectType, application, registration, auth };
}

const newRow = (
  change: CatalogChange,
  id: number,
  member: number,
  { body: sent, connectType, application, registration }: Wanted,
): EndpointTable => ({
  id,
  member_id: member,
  kind: application ? 'application' : 'custom',
  application_id: application?.id ?? null,
  ...(registration ? registeredColumns(registration) : unregistered(sent.name, application)),
  status: 'PENDING',
  former_status: null,
  connect_type: connectType,
  auth_type: null,
  credentials: null,
  last_error: null,
  refreshed_on: null,
  next_refresh_on: null,
  created_on: change.nowMs,
  last_modified: change.nowMs,
  deleted_on: null,
});

const unregistered = (name: string, application: Application | undefined) => ({
  name,
  provider_name: application?.definition.providerName ?? null,
  description: application?.definition.description ?? null,
  hash_algorithm: application?.definition.hashAlgorithm ?? 'NONE',
  source_type: null,
  source_url: null,
  destination_type: null,
  destination_url: null,
  share_actions: null,
  identifiers: '[]',
  attributes: '[]',
  definition: null,
});
