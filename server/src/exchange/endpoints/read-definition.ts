import type { Static } from 'typebox';
import { refusal } from '../../kit/refusal.ts';
import { type FieldFault, invalidFields } from '../calls/read-exchange-body.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import { type AddressRule, checkUrlAtRegistration } from '../peer/address-rule.ts';
import type { databasesSchema, endpointDefinitionSchema, endpointTypesSchema } from './definition-schema.ts';
import type { Endpoint, EndpointColumn, HashAlgorithm, ShareAction } from './endpoint.ts';

/** What somebody registers. */
export type EndpointDefinition = Static<typeof endpointDefinitionSchema>;

/** The same as the exchange works with it. */
export type Registration = Pick<
  Endpoint,
  'name' | 'providerName' | 'description' | 'hashAlgorithm' | 'source' | 'destination' | 'identifiers' | 'attributes'
> & { readonly definition: EndpointDefinition };

type Types = Static<typeof endpointTypesSchema>;
type Columns = Pick<Registration, 'identifiers' | 'attributes'>;

/** Holds a definition, whose form was checked, to the rules of exchange.md section 2.3. @throws Refusal exchange.invalid, exchange.addressRefused */
export function readDefinition(definition: EndpointDefinition, rule: AddressRule): Registration {
  const faults: FieldFault[] = [];
  const { source, destination } = readRoles(definition, faults);
  const columns = readColumns(definition.marketingDatabasesDefinition, faults);
  if ((source || destination) && columns.identifiers.length === 0)
    faults.push({ field: 'marketingDatabasesDefinition.marketingDatabases', message: 'must name at least one identifier' });
  if (faults.length > 0) throw invalidFields(faults);
  checkAddresses(definition, { source, destination }, rule);
  return {
    name: definition.name,
    providerName: definition.providerName,
    description: definition.description ?? null,
    hashAlgorithm: (definition.hashAlgorithm ?? 'NONE') as HashAlgorithm,
    source,
    destination,
    ...columns,
    definition,
  };
}

/** Where the exchange calls an endpoint: as a pull source, as a push destination, or both. */
export const calledUrls = ({ source, destination }: Pick<Endpoint, 'source' | 'destination'>): readonly string[] => [
  ...new Set([
    ...(source?.type === 'pull' && source.url !== null ? [source.url] : []),
    ...(destination?.type === 'push' && destination.url !== null ? [destination.url] : []),
  ]),
];

function readRoles(definition: EndpointDefinition, faults: FieldFault[]): Pick<Registration, 'source' | 'destination'> {
  const segment = definition.endpointTypes.segment ?? {};
  const from = oneOfTwo(segment, 'source', 'producer', faults);
  const to = oneOfTwo(segment, 'destination', 'consumer', faults);
  if (!from && !to)
    faults.push({ field: 'endpointTypes.segment', message: 'must hold source or destination: events are not exchanged here' });
  return { source: sourceOf(from, definition, faults), destination: destinationOf(to, definition, faults) };
}

type Segment = NonNullable<Types['segment']>;
type Source = NonNullable<Segment['source']>;
type Destination = NonNullable<Segment['destination']>;

function oneOfTwo<Name extends keyof Segment>(
  segment: Segment,
  name: Name,
  other: keyof Segment,
  faults: FieldFault[],
): Segment[Name] | undefined {
  if (segment[name] && segment[other])
    faults.push({ field: `endpointTypes.segment.${other}`, message: `means the same as ${name}: only one of them may stand there` });
  return segment[name] ?? (segment[other] as Segment[Name]);
}

function sourceOf(from: Source | undefined, definition: EndpointDefinition, faults: FieldFault[]): Registration['source'] {
  if (!from?.enabled) return null;
  const type = readType(from.sourceType ?? from.producerType, 'source.sourceType', faults);
  return { type, url: readUrl(from.url ?? definition.url, type === 'pull', 'source.url', faults) };
}

function destinationOf(to: Destination | undefined, definition: EndpointDefinition, faults: FieldFault[]): Registration['destination'] {
  if (!to?.enabled) return null;
  const type = readType(to.destinationType ?? to.consumerType, 'destination.destinationType', faults);
  const actions = [...new Set((to.shareActions ?? ['ADD']) as ShareAction[])];
  return { type, url: readUrl(to.url ?? definition.url, type === 'push', 'destination.url', faults), shareActions: actions };
}

function readType(type: string | undefined, field: string, faults: FieldFault[]): 'push' | 'pull' {
  if (type === 'push' || type === 'pull') return type;
  faults.push({ field: `endpointTypes.segment.${field}`, message: 'must be push or pull' });
  return 'push';
}

/** Without slashes behind; null where nobody calls it. */
function readUrl(url: string | undefined, called: boolean, field: string, faults: FieldFault[]): string | null {
  if (!called) return null;
  if (url === undefined)
    faults.push({ field: `endpointTypes.segment.${field}`, message: 'is required here or as url: the exchange calls this endpoint' });
  return url?.replace(/\/+$/, '') ?? null;
}

function readColumns(databases: Static<typeof databasesSchema> | undefined, faults: FieldFault[]): Columns {
  const known = new Set<string>();
  const columns: { identifiers: EndpointColumn[]; attributes: EndpointColumn[] } = { identifiers: [], attributes: [] };
  for (const [at, database] of (databases?.marketingDatabases ?? []).entries())
    for (const kind of ['identifiers', 'attributes'] as const)
      for (const [place, { name, type, isRequired = false }] of (database[kind] ?? []).entries()) {
        const field = `marketingDatabasesDefinition.marketingDatabases.${at}.${kind}.${place}.name`;
        if (known.has(name.toLowerCase())) faults.push({ field, message: 'is there twice; names are compared ignoring case' });
        known.add(name.toLowerCase());
        columns[kind].push({ name, type, isRequired });
      }
  return columns;
}

/** Every URL that will be called, under the name that the sender gave it. */
function checkAddresses(definition: EndpointDefinition, roles: Pick<Endpoint, 'source' | 'destination'>, rule: AddressRule): void {
  const faults = calledUrls(roles).flatMap((url): FieldFault[] => {
    const fault = checkUrlAtRegistration(url, rule);
    if (fault === null) return [];
    const own = definition.url?.replace(/\/+$/, '') === url;
    const role = roles.source?.url === url ? 'source' : 'destination';
    return [{ field: own ? 'url' : `endpointTypes.segment.${role}.url`, message: fault }];
  });
  const [first] = faults;
  if (first) throw refusal(exchangeErrors.addressRefused, { fault: first.message }, { details: faults });
}
