import { refusal } from '../../kit/refusal.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import {
  defaultIngestSettings,
  type IngestSettings,
  readSegmentFields,
  segmentFieldList,
  separatorFault,
  separatorsFault,
  type SetIngestSettings,
} from '../../members/ingest-settings.ts';
import { memberErrors } from '../../members/member-errors.ts';
import type { IngestSettingsRow } from '../../members/ingest-settings-store.ts';
import { deviceDomains } from '../../profiles/identifier.ts';

const separators = ['separator_1', 'separator_2', 'separator_3', 'separator_4', 'separator_5'] as const;

/**
 * The settings after a change: what was sent wins, arrays are replaced, or with `append` added to (ingest.md section 4.8).
 * @throws Refusal of the kind SYNTAX, naming the field and the fault
 */
export function changedSettings(before: SetIngestSettings, sent: Readonly<Record<string, unknown>>, append: boolean): SetIngestSettings {
  const { member_segment_access: _access, member_id: _member, uses_external_uids: alias, segment_fields: fields, ...rest } = sent;
  const set: Record<string, unknown> = { ...before, ...rest };
  if (alias !== undefined && sent.use_external_uids === undefined) set.use_external_uids = alias;
  if (fields !== undefined) {
    const named = segmentFieldList(fields);
    const known = before.segment_fields ?? defaultIngestSettings.segment_fields;
    const read = readSegmentFields(append && named ? [...known, ...named] : fields);
    if ('fault' in read) throw invalid('segment_fields', read.fault);
    set.segment_fields = read;
  }
  const settings: IngestSettings = { ...defaultIngestSettings, ...set };
  checkSeparators(settings);
  if (settings.default_domain !== 'userdata' && !Object.hasOwn(deviceDomains, settings.default_domain))
    throw invalid('default_domain', `must be userdata or one of ${Object.keys(deviceDomains).join(', ')}`);
  return set as SetIngestSettings;
}

function checkSeparators(settings: IngestSettings): void {
  for (const name of separators) {
    const separator = settings[name];
    if (separator === null) {
      if (name === 'separator_1') throw invalid(name, 'must be set: it parts the user from the segments');
      continue;
    }
    const fault = separatorFault(separator);
    if (fault !== undefined) throw invalid(name, fault);
  }
  const fault = separatorsFault(settings);
  if (fault !== undefined) throw invalid('separators:', fault);
}

const invalid = (field: string, fault: string) => refusal(memberErrors.invalidSetting, { field, fault });

/** The configuration as it is shown; a member without one is shown the defaults. */
export function batchConfigOnWire(member: number, row: IngestSettingsRow | undefined, owners: readonly number[]) {
  const settings = { ...defaultIngestSettings, ...row?.set };
  return {
    id: row?.id ?? null,
    member_id: member,
    ...settings,
    segment_fields: `[${settings.segment_fields.join(',')}]`,
    member_segment_access: owners.map((owner) => ({ segment_owner_member_id: owner })),
    created_on: row ? formatTimestamp(row.createdOn) : null,
    last_modified: row ? formatTimestamp(row.lastModified) : null,
  };
}
