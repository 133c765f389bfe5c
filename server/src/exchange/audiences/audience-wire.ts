import { Type } from 'typebox';
import { formatRfc3339, formatRfc3339OrNull } from '../calls/wire-time.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Audience } from './audience.ts';

const text = Type.Union([Type.String(), Type.Null()]);
const column = Type.Array(Type.Object({ name: Type.String(), type: Type.String() }));

/** An audience for people (exchange-sharing.md section 3). */
export const audienceSchema = Type.Object({
  endpointId: Type.Integer(),
  endpointName: Type.String(),
  providerName: text,
  segmentId: Type.String(),
  name: Type.String(),
  description: text,
  type: text,
  count: Type.Union([Type.Integer(), Type.Null()], { description: 'Null: unknown' }),
  lastModified: text,
  lastRefreshed: Type.String(),
  sharedBy: Type.Union([Type.Integer(), Type.Null()], { description: 'The member that shares it by a sharing record' }),
});
export const audienceDetailSchema = Type.Object({ ...audienceSchema.properties, identifiers: column, attributes: column });

export const audienceOnWire = (audience: Audience, endpoint: Endpoint) => ({
  endpointId: audience.endpointId,
  endpointName: endpoint.name,
  providerName: endpoint.providerName,
  segmentId: audience.segmentId,
  name: audience.name,
  description: audience.description,
  type: audience.type,
  count: audience.count,
  lastModified: formatRfc3339OrNull(audience.lastModified),
  lastRefreshed: formatRfc3339(audience.refreshedOn),
  sharedBy: audience.sharedBy,
});

export function audienceDetailOnWire(audience: Audience, endpoint: Endpoint) {
  const columns = (wanted: boolean) =>
    audience.columns.filter(({ isIdentifier }) => isIdentifier === wanted).map(({ name, type }) => ({ name, type }));
  return { ...audienceOnWire(audience, endpoint), identifiers: columns(true), attributes: columns(false) };
}
