import { describe, expect, it } from 'vitest';
import { defaultIngestSettings } from '../../../members/ingest-settings.ts';
import { bytesRefusal, linesRefusal, mostBytes } from './upload-limits.ts';
import { uploadRefusals } from './upload-refusal.ts';

const settings = {
  ...defaultIngestSettings,
  file_byte_limit: 100,
  daily_byte_limit: 1000,
  hourly_byte_limit: 500,
  daily_num_lines_limit: 20,
  hourly_num_lines_limit: 10,
};
const none = { dayBytes: 0, hourBytes: 0, dayLines: 0, hourLines: 0 };

describe('limits of uploads', () => {
  it.each([
    { bytes: 100, so: none, refused: undefined },
    { bytes: 101, so: none, refused: uploadRefusals.fileSize },
    { bytes: 100, so: { ...none, dayBytes: 900 }, refused: undefined },
    { bytes: 100, so: { ...none, dayBytes: 901 }, refused: uploadRefusals.bytesPerDay },
    { bytes: 100, so: { ...none, dayBytes: 901, hourBytes: 401 }, refused: uploadRefusals.bytesPerDay },
    { bytes: 100, so: { ...none, dayBytes: 401, hourBytes: 401 }, refused: uploadRefusals.bytesPerHour },
    { bytes: 101, so: { ...none, dayBytes: 901 }, refused: uploadRefusals.fileSize },
  ])('on bytes are tested in the order of the table: $bytes after $so', ({ bytes, so, refused }) => {
    expect(bytesRefusal(bytes, settings, so)).toBe(refused);
    expect(bytes <= mostBytes(settings, so)).toBe(refused === undefined);
  });
  it.each([
    { lines: 10, so: none, refused: undefined },
    { lines: 11, so: none, refused: uploadRefusals.linesPerHour },
    { lines: 10, so: { ...none, dayLines: 11 }, refused: uploadRefusals.linesPerDay },
    { lines: 1, so: { ...none, dayLines: 10, hourLines: 10 }, refused: uploadRefusals.linesPerHour },
  ])('on lines: $lines after $so', ({ lines, so, refused }) => expect(linesRefusal(lines, settings, so)).toBe(refused));
  it.each([0, null])('are none where they are %s', (limit) => {
    const free = {
      ...settings,
      file_byte_limit: limit,
      daily_byte_limit: limit,
      hourly_byte_limit: limit,
      daily_num_lines_limit: limit,
      hourly_num_lines_limit: limit,
    };
    expect(bytesRefusal(1e15, free, none)).toBeUndefined();
    expect(linesRefusal(1e15, free, none)).toBeUndefined();
    expect(mostBytes(free, none)).toBe(Number.POSITIVE_INFINITY);
  });
});
