import { Type } from 'typebox';
import { formatRfc3339 } from '../calls/wire-time.ts';
import type { Endpoint } from './endpoint.ts';

const nullable = <Schema extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);
const column = Type.Object({ name: Type.String(), type: Type.String(), isRequired: Type.Boolean() });

/** What an endpoint's software is answered when it registers. */
export const registeredSchema = Type.Object({ endpointId: Type.Integer(), status: Type.String() });

/** An endpoint for people (exchange-sharing.md section 2). Secrets never come back. */
export const endpointSchema = Type.Object({
  endpointId: Type.Integer(),
  name: Type.String(),
  providerName: nullable(Type.String()),
  description: nullable(Type.String()),
  kind: Type.String({ description: 'custom, application or internal' }),
  applicationId: nullable(Type.Integer()),
  status: Type.String({ description: 'PENDING, ACTIVE or DISABLED' }),
  source: Type.Union([Type.Object({ type: Type.String({ description: 'push, pull or internal' }) }), Type.Null()]),
  destination: Type.Union([Type.Object({ type: Type.String(), shareActions: Type.Array(Type.String()) }), Type.Null()]),
  hashAlgorithm: Type.String(),
  identifiers: Type.Array(column),
  attributes: Type.Array(column),
  connectType: Type.String(),
  authType: nullable(Type.String()),
  lastError: nullable(Type.String()),
  createdAt: Type.String(),
});

export const endpointOnWire = (endpoint: Endpoint) => ({
  endpointId: endpoint.id,
  name: endpoint.name,
  providerName: endpoint.providerName,
  description: endpoint.description,
  kind: endpoint.kind,
  applicationId: endpoint.applicationId,
  status: endpoint.status,
  source: endpoint.source && { type: endpoint.source.type },
  destination: endpoint.destination && { type: endpoint.destination.type, shareActions: endpoint.destination.shareActions },
  hashAlgorithm: endpoint.hashAlgorithm,
  identifiers: endpoint.identifiers,
  attributes: endpoint.attributes,
  connectType: endpoint.connectType,
  authType: endpoint.authType,
  lastError: endpoint.lastError,
  createdAt: formatRfc3339(endpoint.createdOn),
});
