import type { BatchJob } from '@foyer/sdk/generated/wire.ts';
import { describe, expect, it } from 'vitest';
import { outcomeOf, paceText, reportLines } from './job-report.ts';

const job: BatchJob = {
  id: 7,
  job_id: 'j7',
  member_id: 5,
  kind: 'upload',
  phase: 'completed',
  error_code: null,
  error: null,
  start_time: '2026-01-01 00:00:00',
  uploaded_time: '2026-01-01 00:00:01',
  validated_time: '2026-01-01 00:00:02',
  completed_time: '2026-01-01 00:00:03',
  time_to_process: '0.03',
  percent_complete: 100,
  rows_per_second: null,
  seconds_left: null,
  num_valid: 2000,
  num_valid_user: 1999,
  num_invalid_user: 0,
  num_invalid_format: 0,
  num_invalid_segment: 0,
  num_unauth_segment: 0,
  num_inactive_segment: 0,
  num_invalid_timestamp: 0,
  num_past_expiration: 0,
  num_other_error: 0,
  num_added: 2000,
  num_refreshed: 0,
  num_removed: 0,
  num_newer: 0,
  num_lines: 2000,
  bytes: 54_321,
  error_log_lines: null,
  segment_log_lines: null,
  validate_only: false,
  file_name: null,
  undo_of: null,
  undo_until: null,
  undo_bytes: 0,
  created_on: '2026-01-01 00:00:00',
  last_modified: '2026-01-01 00:00:03',
};

describe('the outcome', () => {
  it.each([
    ['all was taken', {}, 0],
    ['a line was refused', { num_invalid_format: 1 }, 10],
    ['a segment of a line was refused', { num_unauth_segment: 1 }, 10],
    ['something newer stayed', { kind: 'undo', num_newer: 4 }, 0],
    ['it ended in error', { phase: 'error', num_valid: 5 }, 11],
    ['it has not ended', { phase: 'processing', num_invalid_user: 5 }, 0],
  ] as const)('where %s', (_name, fields, code) => expect(outcomeOf({ ...job, ...fields })).toBe(code));
});

describe('the report', () => {
  it('has the counters that are not zero', () => {
    expect(reportLines(job)).toEqual([
      'Job j7 has completed (0.03 minutes).',
      '  bytes                 54,321',
      '  num_lines              2,000',
      '  num_valid_user         1,999',
      '  num_valid              2,000',
      '  num_added              2,000',
      '  match rate            100.0%',
    ]);
  });
  it('never rounds a match rate up to all', () => {
    expect(reportLines({ ...job, num_invalid_user: 1 }).find((line) => line.includes('match rate'))).toMatch(/ 99\.9%$/);
  });
  it('says where refused lines are, and how to take the job back', () => {
    const lines = reportLines({ ...job, num_invalid_user: 1, undo_until: '2026-01-04 00:00:00', undo_bytes: 9 });
    expect(lines.slice(-2)).toEqual([
      'Refused lines, with the reasons: npx foyer batch rejects j7 > rejects.tsv',
      'Until 2026-01-04 00:00:00 (UTC) it can be taken back: npx foyer batch undo j7',
    ]);
  });
  it.each([
    [{ phase: 'error', error_code: 'validating-error', error: 'no gzip' }, 'Job j7 ended in error (validating-error): no gzip'],
    [{ validate_only: true }, 'Job j7 has completed. It was to validate only: nothing is changed.'],
    [{ kind: 'undo', undo_of: 3 }, 'Job j7 has taken back the job with id 3 (0.03 minutes).'],
    [{ phase: 'starting' }, 'Job j7 waits for its file.'],
    [{ phase: 'uploading' }, 'Job j7 gets its file since 2026-01-01 00:00:00 (UTC).'],
    [{ phase: 'processing', percent_complete: 5 }, 'Job j7: processing 5%'],
  ] as const)('begins with what became of it: %o', (fields, text) => expect(reportLines({ ...job, ...fields })[0]).toBe(text));
  it('of a job without any counter is its first line', () => {
    const none = { num_valid: 0, num_valid_user: 0, num_added: 0, num_lines: null, bytes: null };
    expect(reportLines({ ...job, ...none, phase: 'starting' })).toEqual([
      'Job j7 waits for its file.',
      'Follow it: npx foyer batch status j7 --follow',
    ]);
  });
});

it('the pace is a line', () => {
  const running = { ...job, phase: 'processing', percent_complete: 45, rows_per_second: 1_200_000, seconds_left: 12 } as const;
  expect(paceText(running)).toBe('processing 45%, 1,200,000 rows/s, 12 s left');
  expect(paceText({ ...running, rows_per_second: null, seconds_left: null })).toBe('processing 45%');
});
