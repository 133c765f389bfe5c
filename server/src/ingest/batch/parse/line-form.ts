import { deviceDomainOf } from '../../../identity/resolve-user.ts';
import type { MemberId } from '../../../kit/ids.ts';
import type { IngestSettings, SegmentFieldName } from '../../../members/ingest-settings.ts';
import type { DeviceDomain } from '../../../profiles/identifier.ts';

/** How a job's lines are written (ingest.md section 4.4): plain data, to be posted to a thread and kept with the job. */
export interface LineForm {
  /** Latin-1 codes of separators 1 to 5; an unset one separates nothing. */
  readonly separators: readonly [number, number | null, number | null, number | null, number | null];
  /** The fields of a segment, in order. */
  readonly fields: readonly SegmentFieldName[];
  /** The member that sends the file: the owner of codes that name no other. */
  readonly uploader: number;
  /** A user without a domain is an external id of this member. Null: they are not external ids. */
  readonly externalMember: number | null;
  /** What a user without a domain is where it is no external id. Null: a user id. */
  readonly defaultDomain: DeviceDomain | null;
  /** Minutes where neither line nor segment says any; -1 removes, 0 is the longest lifetime. */
  readonly defaultExpiration: number;
  /** Unix seconds, the same for the whole job: what a TIMESTAMP is by default, and what is past is measured by it. */
  readonly nowS: number;
}

/** The form that a member's settings give to the files that it sends. */
export function lineFormOf(settings: IngestSettings, uploader: MemberId, nowS: number): LineForm {
  const { separator_2, separator_3, separator_4, separator_5, use_external_uids: external, external_member_uid } = settings;
  return {
    separators: [settings.separator_1.charCodeAt(0), codeOf(separator_2), codeOf(separator_3), codeOf(separator_4), codeOf(separator_5)],
    fields: settings.segment_fields,
    uploader,
    externalMember: external ? (external_member_uid ?? uploader) : null,
    defaultDomain: deviceDomainOf(settings.default_domain) ?? null,
    defaultExpiration: settings.default_expiration,
    nowS,
  };
}

const codeOf = (separator: string | null): number | null => (separator === null ? null : separator.charCodeAt(0));
