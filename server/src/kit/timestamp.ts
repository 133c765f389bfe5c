/** Timestamps on the wire are UTC, `YYYY-MM-DD HH:MM:SS` (API Semantics; platform.md section 1). */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Milliseconds of a wire timestamp, undefined where it is none (29 February only in leap years). */
export function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!parts) return undefined;
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) || formatTimestamp(ms) !== text ? undefined : ms;
}
