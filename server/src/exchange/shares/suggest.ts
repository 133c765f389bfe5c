import { columnNamed, type Endpoint } from '../endpoints/endpoint.ts';
import { type MappedAudience, sameType, sourceColumns, type TypedColumn } from './mapping.ts';
import type { IdentityMapping } from './share.ts';

export interface Suggestion {
  /** Null: no identifier of the destination has a source of its type. */
  readonly identityMapping: IdentityMapping | null;
  readonly attributeMappings: Readonly<Record<string, string>>;
  /** Required attributes of the destination that nothing was found for. */
  readonly unmappedRequired: readonly string[];
}

/** A mapping to begin with: what has the same type, same names first (exchange-sharing.md section 5). */
export function suggestMapping(source: Endpoint, audience: MappedAudience, destination: Endpoint): Suggestion {
  const { identifiers, attributes } = sourceColumns(source, audience);
  const pairs = destination.attributes.flatMap((to) => {
    const from = columnNamed(attributes, to.name);
    return from && sameType(from, to) ? [[from.name, to.name] as const] : [];
  });
  const mapped = new Set(pairs.map(([, to]) => to));
  return {
    identityMapping: suggestIdentity(identifiers, destination),
    attributeMappings: Object.fromEntries(pairs),
    unmappedRequired: destination.attributes.filter(({ name, isRequired }) => isRequired && !mapped.has(name)).map(({ name }) => name),
  };
}

function suggestIdentity(sources: readonly TypedColumn[], { identifiers }: Endpoint): IdentityMapping | null {
  const rank = (to: Endpoint['identifiers'][number]): number => (to.isRequired ? 0 : 2) + (columnNamed(sources, to.name) ? 0 : 1);
  for (const to of identifiers.toSorted((a, b) => rank(a) - rank(b))) {
    const fitting = sources.filter((from) => sameType(from, to));
    const sameNamed = columnNamed(fitting, to.name);
    const others = fitting.filter((from) => from !== sameNamed);
    const named = [...(sameNamed ? [sameNamed] : []), ...others];
    if (named.length > 0) return { sourceIdentifiers: named.map(({ name }) => name), destinationIdentifier: to.name };
  }
  return null;
}
