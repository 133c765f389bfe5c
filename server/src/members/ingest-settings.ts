import type { MemberId } from '../kit/ids.ts';

/** The order of a segment's fields in a legacy batch file (ingest.md section 4.4). */
export const segmentFieldNames = ['SEG_ID', 'SEG_CODE', 'MEMBER_ID', 'EXPIRATION', 'TIMESTAMP', 'VALUE'] as const;
export type SegmentFieldName = (typeof segmentFieldNames)[number];

/** How a member's data comes in: `/batch-segment-config` (ingest.md section 4.8). Limits: null is none. */
export interface IngestSettings {
  readonly separator_1: string;
  readonly separator_2: string | null;
  readonly separator_3: string | null;
  readonly separator_4: string | null;
  readonly separator_5: string | null;
  readonly segment_fields: readonly SegmentFieldName[];
  readonly default_expiration: number;
  readonly default_domain: string;
  readonly use_external_uids: boolean;
  readonly external_member_uid: number | null;
  readonly num_error_log_lines: number;
  readonly num_invalid_before_error: number;
  readonly max_concurrent_uploads: number | null;
  readonly hourly_byte_limit: number | null;
  readonly daily_byte_limit: number | null;
  readonly hourly_num_lines_limit: number | null;
  readonly daily_num_lines_limit: number | null;
  readonly use_specific_geo: boolean;
  readonly require_known_users: boolean;
  readonly file_byte_limit: number | null;
  /** Days for which a batch job can be undone; 0: no before-images are written. */
  readonly undo_days: number;
  readonly instant_posts_per_second: number | null;
  readonly instant_reads_per_second: number | null;
  readonly instant_users_per_second: number | null;
  readonly link_identifiers: 'all' | 'external' | 'none';
}

/** What a member has that nobody configured. The format plays the upload example of the batch service's page. */
export const defaultIngestSettings: IngestSettings = {
  separator_1: ';',
  separator_2: ',',
  separator_3: ':',
  separator_4: '\t',
  separator_5: '^',
  segment_fields: ['SEG_ID', 'EXPIRATION'],
  default_expiration: 0,
  default_domain: 'userdata',
  use_external_uids: false,
  external_member_uid: null,
  num_error_log_lines: 200,
  num_invalid_before_error: 1_000_000_000,
  max_concurrent_uploads: 1,
  hourly_byte_limit: 3_500_000_000,
  daily_byte_limit: 10_000_000_000,
  hourly_num_lines_limit: 100_000_000,
  daily_num_lines_limit: 280_000_000,
  use_specific_geo: false,
  require_known_users: false,
  file_byte_limit: 536_870_912,
  undo_days: 3,
  instant_posts_per_second: 100,
  instant_reads_per_second: 1000,
  instant_users_per_second: 1000,
  link_identifiers: 'all',
};

/** What was set for a member; everything else is at its default. */
export type SetIngestSettings = Partial<IngestSettings>;

/** A member's settings in force. */
export interface MemberIngest {
  readonly settings: IngestSettings;
  /** What was set for this member by the administrator, to tell its limits from defaults. */
  readonly set: SetIngestSettings;
  /** Whose segments the member may write beside its own (`member_segment_access`). */
  readonly writableOwners: ReadonlySet<MemberId>;
}

/**
 * A limit of the instant service in force: what was set for the member holds always, the default only while defaults are applied
 * (`FOYER_RT_RATE_LIMIT`). 0 and null are none.
 */
export function instantLimit(
  ingest: MemberIngest,
  name: 'instant_posts_per_second' | 'instant_reads_per_second' | 'instant_users_per_second',
  defaultsApply: boolean,
): number | null {
  const limit = name in ingest.set ? ingest.set[name] : defaultsApply ? defaultIngestSettings[name] : null;
  return limit === null || limit === undefined || limit === 0 ? null : limit;
}

/** One character, none that the format forbids, no letter, digit, underscore or line end (ingest.md section 4.4). */
export function separatorFault(separator: string): string | undefined {
  if (separator.length !== 1 || separator.charCodeAt(0) > 0xff) return 'must be one Latin-1 character';
  if ('[](){}$\\/|?*+-'.includes(separator)) return 'must be none of [ ] ( ) { } $ \\ / | ? * + -';
  if (/[\p{L}\p{N}_\r\n]/u.test(separator)) return 'must be no letter, digit, underscore or line end';
  return undefined;
}

/** All set separators differ, except that 1 and 3 may be alike. Answers the fault. */
export function separatorsFault(settings: IngestSettings): string | undefined {
  const separators = [settings.separator_1, settings.separator_2, settings.separator_3, settings.separator_4, settings.separator_5];
  for (let i = 0; i < 5; i++)
    for (let j = i + 1; j < 5; j++)
      if (separators[i] !== null && separators[i] === separators[j] && !(i === 0 && j === 2))
        return `separator_${i + 1} and separator_${j + 1} must differ`;
  return undefined;
}

/** The names in `["SEG_ID","EXPIRATION"]` or `"[SEG_ID,EXPIRATION]"`, unchecked. */
export function segmentFieldList(value: unknown): readonly unknown[] | undefined {
  if (typeof value === 'string') return value.replace(/^\s*\[|\]\s*$/g, '').split(',');
  return Array.isArray(value) ? value : undefined;
}

/** Reads the order of a segment's fields; answers the fields or the fault. */
export function readSegmentFields(value: unknown): readonly SegmentFieldName[] | { readonly fault: string } {
  const list = segmentFieldList(value);
  if (!list) return { fault: 'must be an array of field names or a string such as [SEG_ID,EXPIRATION]' };
  const names = list.map((name) => (typeof name === 'string' ? name.trim().toUpperCase() : ''));
  const unknown = names.find((name) => !(segmentFieldNames as readonly string[]).includes(name));
  if (unknown !== undefined) return { fault: `holds '${unknown.slice(0, 40)}', which is none of ${segmentFieldNames.join(', ')}` };
  if (new Set(names).size < names.length) return { fault: 'must not name a field twice' };
  if (names.includes('SEG_ID') === names.includes('SEG_CODE')) return { fault: 'must hold exactly one of SEG_ID and SEG_CODE' };
  return names as SegmentFieldName[];
}
