import type { ShareSchedule } from '../shares/share.ts';

const dayMs = 86_400_000;

/**
 * Run times the slow and obvious way: day by day whether the schedule names it, minute by minute when a clock on the wall shows the time
 * or has gone past it. For schedules of type CUSTOM with a local `at`.
 */
export function slowOccurrences(schedule: ShareSchedule, n: number): number[] {
  if (schedule.type !== 'CUSTOM') throw new TypeError('only for CUSTOM');
  const { at, timezone = 'GMT', count = Infinity } = schedule;
  const wall = wallOf(timezone);
  const first = Date.parse(`${at.slice(0, 10)}T00:00:00Z`);
  const found: number[] = [];
  let seen = 0;
  for (let day = first; found.length < n && seen < count; day += dayMs) {
    if (!isNamed(schedule, first, day)) continue;
    seen++;
    const wanted = `${new Date(day).toISOString().slice(0, 10)}T${at.slice(11, 16)}`;
    let atMs = day - 16 * 3_600_000;
    while (wall(atMs) < wanted) atMs += 60_000;
    if (atMs !== found.at(-1)) found.push(atMs);
  }
  return found;
}

function isNamed({ every, weekdays }: Extract<ShareSchedule, { type: 'CUSTOM' }>, firstMs: number, dayMsOf: number): boolean {
  const first = new Date(firstMs);
  const day = new Date(dayMsOf);
  if (every.unit === 'DAY') return ((dayMsOf - firstMs) / dayMs) % every.n === 0;
  if (every.unit === 'MONTH') {
    const months = (day.getUTCFullYear() - first.getUTCFullYear()) * 12 + day.getUTCMonth() - first.getUTCMonth();
    const lastDay = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
    return months % every.n === 0 && day.getUTCDate() === Math.min(first.getUTCDate(), lastDay);
  }
  const names = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
  const monday = firstMs - ((first.getUTCDay() + 6) % 7) * dayMs;
  const week = Math.floor((dayMsOf - monday) / (7 * dayMs));
  return week % every.n === 0 && (weekdays ?? [names[first.getUTCDay()]]).includes(names[day.getUTCDay()] ?? '');
}

/** What a clock on the wall shows: `YYYY-MM-DDTHH:MM`. */
function wallOf(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (ms) => format.format(ms).replace(' ', 'T');
}
