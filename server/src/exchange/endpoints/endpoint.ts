import type { EndpointTable } from '../../storage/sql/exchange-schema.ts';

/** A named column that an endpoint supports. Names are compared ignoring case (exchange.md section 2.3). */
export interface EndpointColumn {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

export const hashAlgorithms = ['NONE', 'MD5', 'SHA1', 'SHA256', 'EMAIL_SHA256', 'PHONE_SHA256'] as const;
export type HashAlgorithm = (typeof hashAlgorithms)[number];

export const shareActions = ['ADD', 'REPLACE', 'REMOVE'] as const;
export type ShareAction = (typeof shareActions)[number];

export type EndpointStatus = 'PENDING' | 'ACTIVE' | 'DISABLED';
/** Who calls whom; internal: the built-in endpoint, nobody calls. */
export type EndpointRole = 'push' | 'pull' | 'internal';

/** A registered source or destination of one member (exchange-sharing.md section 2). */
export interface Endpoint {
  readonly id: number;
  readonly memberId: number;
  readonly kind: 'custom' | 'application' | 'internal';
  readonly applicationId: number | null;
  readonly name: string;
  readonly providerName: string | null;
  readonly description: string | null;
  readonly status: EndpointStatus;
  /** Of a disabled one: what it becomes when it is enabled. */
  readonly formerStatus: EndpointStatus | null;
  readonly hashAlgorithm: HashAlgorithm;
  /** Null: it is no source. `url`: where it is called, without a slash behind. */
  readonly source: { readonly type: EndpointRole; readonly url: string | null } | null;
  readonly destination: {
    readonly type: EndpointRole;
    readonly url: string | null;
    readonly shareActions: readonly ShareAction[];
  } | null;
  readonly identifiers: readonly EndpointColumn[];
  readonly attributes: readonly EndpointColumn[];
  /** As registered; null before. */
  readonly definition: unknown;
  readonly connectType: 'DIRECTCONNECT' | 'INSTRUCTIONS';
  readonly authType: 'APIKEY' | 'BASIC' | null;
  /** Sealed. */
  readonly credentials: string | null;
  readonly lastError: string | null;
  readonly refreshedOn: number | null;
  readonly createdOn: number;
}

/** Columns are found ignoring case. */
export const columnNamed = <Column extends { readonly name: string }>(columns: readonly Column[], name: string): Column | undefined =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

export function endpointOf(row: EndpointTable): Endpoint {
  return {
    id: row.id,
    memberId: row.member_id,
    kind: row.kind as Endpoint['kind'],
    applicationId: row.application_id,
    name: row.name,
    providerName: row.provider_name,
    description: row.description,
    status: row.status as EndpointStatus,
    formerStatus: row.former_status as EndpointStatus | null,
    hashAlgorithm: row.hash_algorithm as HashAlgorithm,
    source: row.source_type === null ? null : { type: row.source_type as EndpointRole, url: row.source_url },
    destination:
      row.destination_type === null
        ? null
        : {
            type: row.destination_type as EndpointRole,
            url: row.destination_url,
            shareActions: JSON.parse(row.share_actions ?? '[]') as ShareAction[],
          },
    identifiers: JSON.parse(row.identifiers) as EndpointColumn[],
    attributes: JSON.parse(row.attributes) as EndpointColumn[],
    definition: row.definition === null ? null : JSON.parse(row.definition),
    connectType: row.connect_type as Endpoint['connectType'],
    authType: row.auth_type as Endpoint['authType'],
    credentials: row.credentials,
    lastError: row.last_error,
    refreshedOn: row.refreshed_on,
    createdOn: row.created_on,
  };
}
