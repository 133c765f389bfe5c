const msPerDay = 86_400_000;
/** The first instant after year 9999: from there on years have more than four digits. */
const endMs = 253_402_300_800_000;

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** `YYYY-MM-DD ` by day since 1970. Times on the wire fall on few days: a lifetime's length around now. */
const days = new Map<number, string>();
const mostDays = 4096;

/** Timestamps on the wire are UTC, `YYYY-MM-DD HH:MM:SS` (API Semantics; platform.md section 1). @throws RangeError for no time */
export function formatTimestamp(ms: number): string {
  if (!(ms >= 0 && ms < endMs)) return formatTimestampSlowly(ms);
  const day = Math.floor(ms / msPerDay);
  const secondOfDay = Math.floor((ms - day * msPerDay) / 1000);
  const minuteOfDay = (secondOfDay / 60) | 0;
  const hour = (minuteOfDay / 60) | 0;
  return `${days.get(day) ?? newDay(day)}${twoDigits[hour]}:${twoDigits[minuteOfDay - hour * 60]}:${twoDigits[secondOfDay - minuteOfDay * 60]}`;
}

function newDay(day: number): string {
  if (days.size >= mostDays) days.clear();
  const text = formatTimestampSlowly(day * msPerDay).slice(0, 11);
  days.set(day, text);
  return text;
}

/** The same by the language's own calendar; the slow twin, and what answers for all times outside 1970 to 9999. */
export function formatTimestampSlowly(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Milliseconds of a wire timestamp, undefined where it is none (29 February only in leap years). */
export function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!parts) return undefined;
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) || formatTimestamp(ms) !== text ? undefined : ms;
}
