import type { Audience } from '../audiences/audience.ts';
import { columnNamed, type Endpoint, type EndpointColumn, type HashAlgorithm, type ShareAction } from '../endpoints/endpoint.ts';
import type { IdentityMapping } from './share.ts';

/** A named, typed column. */
export type TypedColumn = Pick<EndpointColumn, 'name' | 'type'>;

/** Columns of a source's rows. */
export interface SourceColumns {
  readonly identifiers: readonly TypedColumn[];
  readonly attributes: readonly TypedColumn[];
}

/** A mapping held against what source and destination are now: what a run does. */
export interface ResolvedMapping {
  readonly sourceIdentifiers: readonly TypedColumn[];
  readonly destinationIdentifier: TypedColumn;
  /** In the order given; none on REMOVE. */
  readonly attributes: readonly { readonly source: TypedColumn; readonly destination: EndpointColumn }[];
  readonly sourceHash: HashAlgorithm;
  readonly destinationHash: HashAlgorithm;
}

/** What of a source's rows the mapping names, each column once. */
export const mappedColumns = ({ sourceIdentifiers, attributes }: ResolvedMapping): SourceColumns => ({
  identifiers: sourceIdentifiers,
  attributes: [...new Map(attributes.map(({ source }) => [source.name, source])).values()],
});

/** What of a share says how columns are mapped. */
export interface Mapping {
  readonly identityMapping: IdentityMapping;
  readonly attributeMappings: Readonly<Record<string, string>>;
  readonly shareAction: ShareAction;
}

export interface MappingProblem {
  readonly code: 'INVALID_MAPPING';
  /** Dotted path in a share's body. */
  readonly field: string;
  readonly message: string;
  /** The key of `attributeMappings` that it is about: without this attribute the problem is gone. */
  readonly attribute?: string;
  /** `name:type` of what does not go together (exchange.md E15). */
  readonly source?: string;
  readonly destination?: string;
}

export interface MappingResult {
  readonly problems: readonly MappingProblem[];
  /** Undefined where there are problems. */
  readonly resolved: ResolvedMapping | undefined;
}

/** The audience as the source of a mapping. */
export type MappedAudience = Pick<Audience, 'columns'>;

/** Types of attributes; any other one that was declared is a string (exchange.md section 3.6). */
const attributeTypes: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'date', 'datetime']);
const attributeType = ({ type }: TypedColumn): string => (attributeTypes.has(type.toLowerCase()) ? type.toLowerCase() : 'string');
export const sameType = (a: TypedColumn, b: TypedColumn): boolean => a.type.toLowerCase() === b.type.toLowerCase();

/** exchange.md section 4: the same, any onto string, date onto datetime (midnight UTC). */
export function isLegalPair(source: TypedColumn, destination: TypedColumn): boolean {
  const [from, to] = [attributeType(source), attributeType(destination)];
  return from === to || to === 'string' || (from === 'date' && to === 'datetime');
}

/**
 * What a source's audience offers: the names are the audience's, or the registration's where it lists none; their types and kinds are the
 * registration's, else the audience's (exchange-sharing.md section 3).
 */
export function sourceColumns(source: Endpoint, audience: MappedAudience): SourceColumns {
  const identifiers: TypedColumn[] = [];
  const attributes: TypedColumn[] = [];
  if (audience.columns.length === 0) return source;
  for (const column of audience.columns) {
    const identifier = columnNamed(source.identifiers, column.name);
    const attribute = columnNamed(source.attributes, column.name);
    if (identifier || (column.isIdentifier && !attribute)) identifiers.push({ name: column.name, type: (identifier ?? column).type });
    else attributes.push({ name: column.name, type: (attribute ?? column).type });
  }
  return { identifiers, attributes };
}

/**
 * Holds a mapping to its rules (exchange-sharing.md section 5, exchange.md sections 3.12 and 4), now or at the time of a run. Names are found
 * ignoring case and come out as their owner writes them. Attributes are ignored on REMOVE.
 */
export function resolveMapping(source: Endpoint, audience: MappedAudience, destination: Endpoint, mapping: Mapping): MappingResult {
  const problems: MappingProblem[] = [];
  const columns = sourceColumns(source, audience);
  const identity = resolveIdentity(columns, destination, mapping.identityMapping, problems);
  const attributes = mapping.shareAction === 'REMOVE' ? [] : resolveAttributes(columns, destination, mapping.attributeMappings, problems);
  if (source.hashAlgorithm !== 'NONE' && source.hashAlgorithm !== destination.hashAlgorithm) {
    const message = `the source hashes its identifiers with ${source.hashAlgorithm}, the destination asks for ${destination.hashAlgorithm}`;
    problems.push(problem('identityMapping', message));
  }
  if (problems.length > 0 || !identity) return { problems, resolved: undefined };
  return { problems, resolved: { ...identity, attributes, sourceHash: source.hashAlgorithm, destinationHash: destination.hashAlgorithm } };
}

const problem = (field: string, message: string, more: Partial<MappingProblem> = {}): MappingProblem => ({
  code: 'INVALID_MAPPING',
  field,
  message,
  ...more,
});

const described = ({ name, type }: TypedColumn): string => `${name}:${type}`;

function resolveIdentity(
  columns: SourceColumns,
  { identifiers }: Endpoint,
  { sourceIdentifiers, destinationIdentifier }: IdentityMapping,
  problems: MappingProblem[],
): Pick<ResolvedMapping, 'sourceIdentifiers' | 'destinationIdentifier'> | undefined {
  const found: TypedColumn[] = [];
  const destination = columnNamed(identifiers, destinationIdentifier);
  const wrong = (field: string, message: string, more?: Partial<MappingProblem>): void =>
    void problems.push(problem(`identityMapping.${field}`, message, more));
  if (!destination) wrong('destinationIdentifier', `the destination has no identifier ${destinationIdentifier}`);
  for (const [at, name] of sourceIdentifiers.entries()) {
    const field = `sourceIdentifiers.${at}`;
    const source = columnNamed(columns.identifiers, name);
    if (!source) wrong(field, `${name} is no identifier of the audience`);
    else if (found.includes(source)) wrong(field, `${name} is named twice`);
    else {
      found.push(source);
      if (destination && !sameType(source, destination))
        wrong(field, `${source.name} is of type ${source.type}, ${destination.name} of type ${destination.type}`, {
          source: described(source),
          destination: described(destination),
        });
    }
  }
  return destination && { sourceIdentifiers: found, destinationIdentifier: destination };
}

function resolveAttributes(
  columns: SourceColumns,
  { attributes }: Endpoint,
  mappings: Readonly<Record<string, string>>,
  problems: MappingProblem[],
): ResolvedMapping['attributes'] {
  const found: { source: TypedColumn; destination: EndpointColumn }[] = [];
  for (const [from, to] of Object.entries(mappings)) {
    const source = columnNamed(columns.attributes, from);
    const destination = columnNamed(attributes, to);
    const wrong = (message: string, more?: Partial<MappingProblem>): void =>
      void problems.push(problem(`attributeMappings.${from}`, message, { attribute: from, ...more }));
    if (!source) wrong(`${from} is no attribute of the audience`);
    if (!destination) wrong(`the destination has no attribute ${to}`);
    if (!source || !destination) continue;
    if (found.some((pair) => pair.source === source)) wrong(`${from} is mapped twice`);
    else if (found.some((pair) => pair.destination === destination)) wrong(`another attribute is mapped onto ${to} already`);
    else if (!isLegalPair(source, destination))
      wrong(`${source.name} is of type ${source.type}, which cannot become ${destination.name} of type ${destination.type}`, {
        source: described(source),
        destination: described(destination),
      });
    else found.push({ source, destination });
  }
  const named = Object.values(mappings);
  for (const { name, isRequired } of attributes)
    if (isRequired && !named.some((to) => to.toLowerCase() === name.toLowerCase()))
      problems.push(problem('attributeMappings', `the destination requires its attribute ${name}`));
  return found;
}
