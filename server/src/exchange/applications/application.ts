import type { Static } from 'typebox';
import type { ApplicationTable } from '../../storage/sql/exchange-schema.ts';
import type { EndpointDefinition } from '../endpoints/read-definition.ts';
import type { applicationSchema, databasesSchema } from '../endpoints/definition-schema.ts';

/** There is one instance of each application (exchange-sharing.md section 2). */
export const deploymentId = 1;

export const applicationStates = ['DRAFT', 'IN_REVIEW', 'APPROVED', 'REJECTED'] as const;
export type ApplicationState = (typeof applicationStates)[number];

/** What a provider says of its application. */
export type ApplicationDefinition = Static<typeof applicationSchema>;

/** What a provider defines once and many register from. */
export interface Application {
  readonly id: number;
  readonly memberId: number;
  readonly state: ApplicationState;
  readonly connectType: 'DIRECTCONNECT' | 'INSTRUCTIONS';
  readonly instructions: string | null;
  /** How its users' endpoints want to be called; null: it did not say. */
  readonly authType: 'APIKEY' | 'BASIC' | 'NONE' | null;
  readonly definition: ApplicationDefinition;
}

/** `authType` stands beside what was sent. */
interface StoredDefinition extends ApplicationDefinition {
  readonly authType?: Application['authType'];
}

export function applicationOf(row: ApplicationTable): Application {
  const { authType = null, ...definition } = JSON.parse(row.definition) as StoredDefinition;
  return {
    id: row.id,
    memberId: row.member_id,
    state: row.state as ApplicationState,
    connectType: row.connect_type as Application['connectType'],
    instructions: row.instructions,
    authType,
    definition,
  };
}

/** The columns that hold a definition. */
export const definitionColumns = (definition: ApplicationDefinition, authType: Application['authType']) => ({
  provider_name: definition.providerName,
  display_name: definition.displayName,
  description: definition.description ?? null,
  url: definition.url ?? null,
  hash_algorithm: definition.hashAlgorithm ?? 'NONE',
  connect_type: definition.connectType ?? 'INSTRUCTIONS',
  instructions: definition.instructions ?? null,
  definition: JSON.stringify({ ...definition, ...(authType === null ? {} : { authType }) }),
});

/** What an endpoint that is registered from the application may say otherwise. */
export interface Overrides {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly url?: string | undefined;
  readonly marketingDatabasesDefinition?: Static<typeof databasesSchema> | undefined;
}

/** An endpoint's definition, from its application and what it says itself. */
export function definitionFrom({ definition }: Application, overrides: Overrides): EndpointDefinition {
  const { displayName: _, connectType: __, instructions: ___, ...registered } = definition;
  const { description = registered.description, url = registered.url } = overrides;
  const databases = overrides.marketingDatabasesDefinition ?? registered.marketingDatabasesDefinition;
  return {
    name: overrides.name,
    providerName: registered.providerName,
    endpointTypes: registered.endpointTypes,
    ...(registered.hashAlgorithm === undefined ? {} : { hashAlgorithm: registered.hashAlgorithm }),
    ...(description === undefined ? {} : { description }),
    ...(url === undefined ? {} : { url }),
    ...(databases === undefined ? {} : { marketingDatabasesDefinition: databases }),
  };
}
