import type { IngestSettings } from '../../../members/ingest-settings.ts';
import { type UploadRefusal, uploadRefusals } from './upload-refusal.ts';

/** What a member's accepted uploads of this UTC day and hour come to. */
export interface UploadedSoFar {
  readonly dayBytes: number;
  readonly hourBytes: number;
  readonly dayLines: number;
  readonly hourLines: number;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

const exceeds = (sum: number, limit: number | null): boolean => limit !== null && limit !== 0 && sum > limit;

/** Is a file of so many bytes too much? Known from its headers, and tested again as it comes in. Table of ingest.md section 4.2, in its order. */
export function bytesRefusal(bytes: number, settings: IngestSettings, so: UploadedSoFar): UploadRefusal | undefined {
  if (exceeds(bytes, settings.file_byte_limit)) return uploadRefusals.fileSize;
  if (exceeds(so.dayBytes + bytes, settings.daily_byte_limit)) return uploadRefusals.bytesPerDay;
  if (exceeds(so.hourBytes + bytes, settings.hourly_byte_limit)) return uploadRefusals.bytesPerHour;
  return undefined;
}

/** Are so many lines too many? */
export function linesRefusal(lines: number, settings: IngestSettings, so: UploadedSoFar): UploadRefusal | undefined {
  if (exceeds(so.dayLines + lines, settings.daily_num_lines_limit)) return uploadRefusals.linesPerDay;
  if (exceeds(so.hourLines + lines, settings.hourly_num_lines_limit)) return uploadRefusals.linesPerHour;
  return undefined;
}

/** Of how many bytes a file may be at most before one of the limits on bytes is broken; infinite where there are none. */
export function mostBytes(settings: IngestSettings, so: UploadedSoFar): number {
  const left = (limit: number | null, used: number): number => (limit === null || limit === 0 ? Number.POSITIVE_INFINITY : limit - used);
  return Math.min(
    left(settings.file_byte_limit, 0),
    left(settings.daily_byte_limit, so.dayBytes),
    left(settings.hourly_byte_limit, so.hourBytes),
  );
}
