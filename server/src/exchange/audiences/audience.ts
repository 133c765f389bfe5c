import type { AudienceTable } from '../../storage/sql/exchange-schema.ts';
import { columnNamed, type Endpoint } from '../endpoints/endpoint.ts';

/** A column of an audience. Its type: the endpoint's registration says it first, else the audience (exchange-sharing.md section 3). */
export interface AudienceColumn {
  readonly name: string;
  readonly type: string;
  readonly isIdentifier: boolean;
}

/** A segment that a source offers. */
export interface Audience {
  readonly endpointId: number;
  /** Opaque. */
  readonly segmentId: string;
  /** Its owner writes the id as a number: it is echoed so on exchange.md's routes. */
  readonly idIsNumber: boolean;
  readonly memberId: number;
  readonly name: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly columns: readonly AudienceColumn[];
  /** Null: unknown. */
  readonly count: number | null;
  /** Epoch milliseconds; null: the owner did not say. */
  readonly lastModified: number | null;
  readonly refreshedOn: number;
  /** The member that shares it by a sharing record; null: it is the member's own, or comes from an endpoint. */
  readonly sharedBy: number | null;
}

/** A column as the audience's owner names it. `isIdentifier` null: the owner did not say. */
export interface OfferedColumn {
  readonly name: string;
  readonly type: string;
  readonly isIdentifier: boolean | null;
}

/** What a source offers, with the columns' types as its registration has them now. */
export function audienceOf(row: AudienceTable, endpoint: Pick<Endpoint, 'identifiers' | 'attributes'>): Audience {
  return {
    endpointId: row.endpoint_id,
    segmentId: row.segment_id,
    idIsNumber: row.id_is_number === 1,
    memberId: row.member_id,
    name: row.name,
    description: row.description,
    type: row.type,
    columns: (JSON.parse(row.columns) as OfferedColumn[]).map((column) => resolved(column, endpoint)),
    count: row.count,
    lastModified: row.last_modified,
    refreshedOn: row.refreshed_on,
    sharedBy: null,
  };
}

function resolved(
  { name, type, isIdentifier }: OfferedColumn,
  { identifiers, attributes }: Pick<Endpoint, 'identifiers' | 'attributes'>,
): AudienceColumn {
  const identifier = columnNamed(identifiers, name);
  const registered = isIdentifier === false ? (columnNamed(attributes, name) ?? identifier) : (identifier ?? columnNamed(attributes, name));
  return { name, type: registered?.type ?? type, isIdentifier: isIdentifier ?? identifier !== undefined };
}
