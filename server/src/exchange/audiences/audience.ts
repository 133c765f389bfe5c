import type { AudienceTable } from '../../storage/sql/exchange-schema.ts';

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

export const audienceOf = (row: AudienceTable): Audience => ({
  endpointId: row.endpoint_id,
  segmentId: row.segment_id,
  idIsNumber: row.id_is_number === 1,
  memberId: row.member_id,
  name: row.name,
  description: row.description,
  type: row.type,
  columns: JSON.parse(row.columns) as AudienceColumn[],
  count: row.count,
  lastModified: row.last_modified,
  refreshedOn: row.refreshed_on,
  sharedBy: null,
});
