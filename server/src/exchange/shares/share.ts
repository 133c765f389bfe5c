import type { ShareTable } from '../../storage/sql/exchange-schema.ts';
import type { ShareAction } from '../endpoints/endpoint.ts';

export interface IdentityMapping {
  readonly sourceIdentifiers: readonly string[];
  readonly destinationIdentifier: string;
}

/** When a share runs, as it was given (exchange-sharing.md section 5). */
export type ShareSchedule =
  | { readonly type: 'NOW' }
  | ({ readonly at: string; readonly timezone?: string } & (
      | { readonly type: 'AT' }
      | { readonly type: 'DAILY'; readonly until?: string; readonly count?: number }
      | { readonly type: 'WEEKLY'; readonly weekdays?: readonly string[]; readonly until?: string; readonly count?: number }
      | {
          readonly type: 'CUSTOM';
          readonly every: { readonly n: number; readonly unit: 'DAY' | 'WEEK' | 'MONTH' };
          readonly weekdays?: readonly string[];
          readonly until?: string;
          readonly count?: number;
        }
    ));

/** The standing order "send this audience there, mapped so, on this schedule". */
export interface Share {
  readonly id: number;
  readonly memberId: number;
  readonly name: string;
  readonly source: { readonly endpointId: number; readonly segmentId: string };
  readonly destination: {
    readonly endpointId: number;
    /** Null until the first run has made the new segment. */
    readonly segmentId: string | null;
    readonly newSegment: { readonly name: string; readonly description: string | null } | null;
  };
  readonly identityMapping: IdentityMapping;
  /** Source names to destination names, in the order given. */
  readonly attributeMappings: Readonly<Record<string, string>>;
  readonly shareAction: ShareAction;
  readonly schedule: ShareSchedule;
  readonly allowEmptyReplace: boolean;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly createdBy: string;
  readonly createdOn: number;
  readonly lastModified: number;
  /** The next due occurrence, enabled or not; null: none is left. */
  readonly nextRunOn: number | null;
  readonly occurrences: number;
  readonly failures: number;
  readonly lastJobId: number | null;
}

export const shareOf = (row: ShareTable): Share => ({
  id: row.id,
  memberId: row.member_id,
  name: row.name,
  source: { endpointId: row.source_endpoint_id, segmentId: row.source_segment_id },
  destination: {
    endpointId: row.destination_endpoint_id,
    segmentId: row.destination_segment_id,
    newSegment: row.new_segment === null ? null : (JSON.parse(row.new_segment) as { name: string; description: string | null }),
  },
  identityMapping: JSON.parse(row.identity_mapping) as IdentityMapping,
  attributeMappings: JSON.parse(row.attribute_mappings) as Record<string, string>,
  shareAction: row.share_action as ShareAction,
  schedule: JSON.parse(row.schedule) as ShareSchedule,
  allowEmptyReplace: row.allow_empty_replace === 1,
  enabled: row.enabled === 1,
  disabledReason: row.disabled_reason,
  createdBy: row.created_by,
  createdOn: row.created_on,
  lastModified: row.last_modified,
  nextRunOn: row.next_run_on,
  occurrences: row.occurrences,
  failures: row.failures,
  lastJobId: row.last_job_id,
});
