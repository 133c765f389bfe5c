const levelNames: Readonly<Record<number, string>> = { 40: 'warning', 50: 'error', 60: 'fatal' };
const warnLevel = 40;

/**
 * A line of the server's stderr for a person: plain lines as they are, log lines (JSON) of level warn and above as text, the rest
 * not at all (undefined).
 */
export function humanLogLine(line: string): string | undefined {
  if (!line.startsWith('{')) return line;
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const level = entry['level'];
  if (typeof level !== 'number' || level < warnLevel) return undefined;
  const time = typeof entry['time'] === 'number' ? new Date(entry['time']) : new Date(String(entry['time']));
  const clock = Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(11, 19)} `;
  const error = entry['err'];
  const cause = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  const text = [entry['msg'], cause].filter((part) => typeof part === 'string' && part !== '');
  return `${clock}${levelNames[level] ?? 'error'}: ${[...new Set(text)].join(': ')}`;
}
