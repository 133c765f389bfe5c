import { Buffer } from 'node:buffer';
import { asMemberId } from '../../server/src/kit/ids.ts';
import { type LineForm, lineFormOf } from '../../server/src/ingest/batch/parse/line-form.ts';
import { defaultIngestSettings, type IngestSettings } from '../../server/src/members/ingest-settings.ts';
import { type Random, seededRandom, segmentIds, userIdOf, wholeBelow } from './audience.ts';

/** What the lines of a file look like: `USER;SEG:EXPIRATION,…`, with user ids, device ids, external ids, codes or timestamps. */
export type BatchFileKind = 'user ids' | 'device ids' | 'external ids' | 'codes' | 'timestamps';

export interface BatchFile {
  readonly bytes: Uint8Array;
  readonly memberships: number;
  readonly form: LineForm;
}

const mostMinutes = 100_000;
const distinctSegments = 200;
const uploader = asMemberId(456);

/** A text file for the batch service, 4 to 8 of 200 segments a line. */
export function batchFile(kind: BatchFileKind, lines: number, nowS: number): BatchFile {
  const random = seededRandom(4);
  let memberships = 0;
  const text = Array.from({ length: lines }, (_, user) => {
    const segments = Array.from({ length: 4 + wholeBelow(random, 5) }, () => segmentText(kind, random, nowS));
    memberships += segments.length;
    return `${userText(kind, user)};${segments.join(',')}${kind === 'device ids' ? '^3' : ''}\n`;
  });
  const settings: IngestSettings = {
    ...defaultIngestSettings,
    segment_fields:
      kind === 'codes'
        ? ['SEG_CODE', 'EXPIRATION']
        : kind === 'timestamps'
          ? ['SEG_ID', 'EXPIRATION', 'TIMESTAMP']
          : ['SEG_ID', 'EXPIRATION'],
    use_external_uids: kind === 'external ids',
  };
  return { bytes: Buffer.from(text.join(''), 'latin1'), memberships, form: lineFormOf(settings, uploader, nowS) };
}

function segmentText(kind: BatchFileKind, random: Random, nowS: number): string {
  const id = segmentIds[wholeBelow(random, distinctSegments)] ?? 0;
  const pair = `${kind === 'codes' ? 'segment_' : ''}${id}:${wholeBelow(random, mostMinutes)}`;
  return kind === 'timestamps' ? `${pair}:${nowS - wholeBelow(random, 60)}` : pair;
}

function userText(kind: BatchFileKind, user: number): string {
  const id = userIdOf(user);
  if (kind === 'external ids') return `crm-${id}`;
  if (kind !== 'device ids') return String(id);
  const hex = id.toString(16).padStart(16, '0').repeat(2);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
