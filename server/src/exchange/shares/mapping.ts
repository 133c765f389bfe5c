import type { EndpointColumn, HashAlgorithm } from '../endpoints/endpoint.ts';

/** A named, typed column. */
export type TypedColumn = Pick<EndpointColumn, 'name' | 'type'>;

/** A mapping held against what source and destination are now: what a run does. */
export interface ResolvedMapping {
  readonly sourceIdentifiers: readonly TypedColumn[];
  readonly destinationIdentifier: TypedColumn;
  /** In the order given; none on REMOVE. */
  readonly attributes: readonly { readonly source: TypedColumn; readonly destination: EndpointColumn }[];
  readonly sourceHash: HashAlgorithm;
  readonly destinationHash: HashAlgorithm;
}
