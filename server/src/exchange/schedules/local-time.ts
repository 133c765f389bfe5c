import { Temporal } from 'temporal-polyfill';

const pattern = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?$/;
/** No time of the exchange has five digits in its year. */
const lastYear = 9999;

/** Does this name a zone of IANA's database, ignoring case? Offsets such as +02:00 do not: they know no summer time. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * Epoch milliseconds of a local time. One that a spring gap leaves out is the gap's end, one that an autumn overlap has twice is the first
 * (exchange-sharing.md section 5).
 */
export function instantOf(local: Temporal.PlainDateTime, zone: string): number {
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? earlier.epochMilliseconds;
}

/** A moment, and what the clocks of a zone show then. */
export interface ZonedTime {
  readonly atMs: number;
  readonly local: Temporal.PlainDateTime;
}

/** RFC 3339, or local time in the zone: the same with no offset. Undefined: neither, or no such day. @param zone one that `isZone` holds for */
export function readTime(text: string, zone: string): ZonedTime | undefined {
  const [whole, offset] = pattern.exec(text) ?? [];
  if (whole === undefined) return undefined;
  try {
    if (offset === undefined) {
      const local = Temporal.PlainDateTime.from(text, { overflow: 'reject' }).round({ smallestUnit: 'millisecond', roundingMode: 'floor' });
      return { atMs: instantOf(local, zone), local };
    }
    const atMs = Temporal.Instant.from(text).epochMilliseconds;
    return { atMs, local: Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDateTime() };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export const isInTime = (date: Temporal.PlainDate): boolean => date.year <= lastYear;
