import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asMemberId } from '../../../kit/ids.ts';
import { defaultIngestSettings, type IngestSettings, readSegmentFields } from '../../../members/ingest-settings.ts';
import { faultCodes, formatFaultText } from './fault-codes.ts';
import { lineFormOf } from './line-form.ts';
import { readLines } from './read-lines.fixture.ts';
import type { ReadLines, Resolve } from './slow-lines.fixture.ts';

/** Uploads of the conformance scenarios, with the counters that are expected of them. */
const conformance = join(import.meta.dirname, '../../../../test/conformance');

interface Step {
  readonly request?: {
    readonly path?: string;
    readonly json?: { readonly batch_segment_upload_config?: Readonly<Record<string, unknown>> };
    readonly lines?: readonly string[];
  };
  readonly expect?: { readonly json?: { readonly response?: { readonly batch_segment_upload_job?: Readonly<Record<string, unknown>> } } };
}
interface Fixture {
  readonly segments: readonly {
    readonly id: number;
    readonly member_id: number;
    readonly code?: string;
    readonly state?: string;
    readonly expire_minutes?: number;
  }[];
}
interface Upload {
  readonly title: string;
  readonly lines: readonly string[];
  readonly member: number;
  readonly settings: IngestSettings;
  readonly owners: readonly number[];
  readonly expected: Readonly<Record<string, unknown>>;
}

const { segments } = JSON.parse(readFileSync(join(conformance, 'fixture.json'), 'utf8')) as Fixture;
const nowS = 1_795_000_000;

const memberIn = (path: string): number => Number(/member_id=(\d+)/.exec(path)?.[1]);

/** The uploads of text in one scenario, each with the first counters that are read after it. */
function uploadsOf(file: string): Upload[] {
  const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { readonly steps: readonly Step[] };
  const uploads: Upload[] = [];
  const settings = { ...defaultIngestSettings };
  let owners: readonly number[] = [];
  let lines: readonly string[] | null = null;
  for (const { request, expect: expected } of steps) {
    const config = request?.json?.batch_segment_upload_config;
    if (config && request?.path?.startsWith('/batch-segment-config') === true) {
      const { segment_fields: fields, member_segment_access: access, ...rest } = config;
      const read = fields === undefined ? settings.segment_fields : readSegmentFields(fields);
      if ('fault' in read) continue;
      Object.assign(settings, rest, { segment_fields: read });
      if (Array.isArray(access)) owners = access.map((entry: { segment_owner_member_id: number }) => entry.segment_owner_member_id);
    }
    if (request?.lines) lines = request.lines;
    const job = expected?.json?.response?.batch_segment_upload_job;
    if (lines === null || job?.phase === undefined || request?.path === undefined) continue;
    const title = `${basename(file, '.json')}, upload ${uploads.length + 1}`;
    // Only what was processed to its end has counters of its lines.
    if (job.phase === 'completed' && typeof job.num_valid_user === 'number')
      uploads.push({ title, lines, member: memberIn(request.path), settings: { ...settings }, owners, expected: job });
    lines = null;
  }
  return uploads;
}

const uploads = globSync(join(conformance, 'scenarios/ingest/batch-*.json')).toSorted().flatMap(uploadsOf);

const resolveFor =
  ({ member, owners }: Upload): Resolve =>
  ({ id, owner, code }) => {
    const mayWrite = (whose: number): boolean => whose === member || owners.includes(whose);
    const nothing = { segment: 0, expireMinutes: null };
    if (id === null && !mayWrite(owner)) return { ...nothing, state: 'unauthorized' };
    const segment = segments.find((one) => (id === null ? one.member_id === owner && one.code === code : one.id === id));
    if (!segment) return { ...nothing, state: 'invalid' };
    if (!mayWrite(segment.member_id)) return { ...nothing, state: 'unauthorized' };
    const state = segment.state === 'inactive' ? 'inactive' : 'usable';
    return { state, segment: segment.id, expireMinutes: segment.expire_minutes ?? null };
  };

/** The counters that lines give, whatever the store says of their users. */
function countersOf(read: ReadLines): Record<string, number> {
  const faults = (name: string): number => read.faults.filter(({ fault }) => fault === name).length;
  const distinct = (name: string): number => new Set(read.faults.filter(({ fault }) => fault === name).map((fault) => fault.name)).size;
  const formatFaults = ['fields', 'value', 'domain', 'tooMany', 'repeat'].reduce((sum, name) => sum + faults(name), 0);
  const users = [...read.users, ...read.idle];
  return {
    num_valid: users.reduce((sum, user) => sum + user.operations.length + user.kept, 0),
    num_valid_user: users.length,
    num_invalid_user: faults('user'),
    num_invalid_format: formatFaults,
    num_invalid_segment: distinct('invalidSegment'),
    num_unauth_segment: distinct('unauthorizedSegment'),
    num_inactive_segment: distinct('inactiveSegment'),
    num_invalid_timestamp: faults('timestamp'),
    num_past_expiration: distinct('pastExpiration'),
  };
}

/** What the store says besides: in these, users of well-formed lines that it does not take. */
const usersRefusedByStore: Readonly<Record<string, number>> = {
  'batch-07-example-4, upload 1': 1,
  'batch-32-known-users, upload 1': 1,
};

describe('the lines of the conformance scenarios give the counters that are expected of them', () => {
  test('there are as many as there should be', () => expect(uploads.length).toBeGreaterThanOrEqual(30));

  test.each(uploads)('$title', (upload) => {
    const lines = upload.lines.map((line) => line.replaceAll('${now}', String(nowS)).replaceAll('${run}', 'r1'));
    const seen = new Set<string>();
    const repeats = lines.map((line) => seen.size === seen.add(line).size);
    const form = lineFormOf(upload.settings, asMemberId(upload.member), nowS);
    const read = readLines(lines.join('\n'), form, resolveFor(upload), { isRepeat: (line) => repeats[line - 1] === true });
    const counters = countersOf(read);
    const refused = usersRefusedByStore[upload.title] ?? 0;
    const expected = Object.entries(upload.expected).filter(([name, value]) => name in counters && typeof value === 'number');
    const withStore = {
      ...counters,
      num_valid: (counters.num_valid ?? 0) - refused,
      num_valid_user: (counters.num_valid_user ?? 0) - refused,
      num_invalid_user: (counters.num_invalid_user ?? 0) + refused,
    };
    expect(withStore).toMatchObject(Object.fromEntries(expected));
    expect(expected).not.toEqual([]);
  });
});

test('faults of the format are told in the words of the documents', () => {
  const texts = [faultCodes.fields, faultCodes.value, faultCodes.domain, faultCodes.tooMany, faultCodes.repeat].map(formatFaultText);
  expect(texts).toEqual([
    'failed with an illegal number of fields',
    'failed with an illegal value',
    'failed with an unknown domain',
    'failed with too many segments',
    'failed as a duplicate line',
  ]);
  expect(() => formatFaultText(faultCodes.user)).toThrow(RangeError);
});
