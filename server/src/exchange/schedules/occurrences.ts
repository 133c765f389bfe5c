import type { Temporal } from 'temporal-polyfill';
import type { ShareSchedule } from '../shares/share.ts';
import { instantOf, isInTime, readTime, type ZonedTime } from './local-time.ts';

export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export const defaultZone = 'GMT';

/** One run time of a schedule. */
export interface Occurrence {
  /** 0, 1, 2… from the first one at or after `at`, whether it was run or not: `count` counts these. */
  readonly index: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** Saving a schedule takes in an occurrence that has just passed (exchange-sharing.md section 5). */
export const stillDueMs = 5 * 60_000;

const dayMs = 86_400_000;

type Recurring = Exclude<ShareSchedule, { readonly type: 'NOW' | 'AT' }>;

/** The days of a recurring schedule, by index: none lies before the one with the index before. */
interface Days {
  readonly dayOf: (index: number) => Temporal.PlainDate;
  /** At least so many of them are at most `days` days behind the first day. */
  readonly countWithin: (days: number) => number;
}

/**
 * The next `n` occurrences later than `afterMs`, none of them below `fromIndex`. NOW has none. `at` is the earliest of them;
 * recurrences keep the local time of `at` in the schedule's zone. @param schedule one that `scheduleFaults` finds nothing wrong with
 */
export function nextOccurrences(schedule: ShareSchedule, afterMs: number, n: number, fromIndex = 0): Occurrence[] {
  if (schedule.type === 'NOW') return [];
  const zone = schedule.timezone ?? defaultZone;
  const start = readTime(schedule.at, zone);
  if (!start) throw new TypeError(`a schedule begins at ${schedule.at}`);
  if (schedule.type === 'AT') return fromIndex === 0 && start.atMs > afterMs && n > 0 ? [{ index: 0, atMs: start.atMs }] : [];
  const { dayOf, countWithin } = daysOf(schedule, start);
  const untilMs = schedule.until === undefined ? Infinity : (readTime(schedule.until, zone)?.atMs ?? -Infinity);
  const endIndex = schedule.count ?? Infinity;
  const time = start.local.toPlainTime();
  const found: Occurrence[] = [];
  // Two days less: clocks change, and a zone may leave out a whole day.
  const reached = countWithin(Math.floor((afterMs - start.atMs) / dayMs) - 2);
  for (let index = Math.max(fromIndex, 0, reached), lastMs = afterMs; found.length < n && index < endIndex; index++) {
    const day = dayOf(index);
    if (!isInTime(day)) break;
    const atMs = Math.max(start.atMs, instantOf(day.toPlainDateTime(time), zone));
    if (atMs > untilMs) break;
    // Two days share one moment where a zone leaves out a whole day.
    if (atMs > lastMs) found.push({ index, atMs: (lastMs = atMs) });
  }
  return found;
}

function daysOf(schedule: Recurring, { local }: ZonedTime): Days {
  const first = local.toPlainDate();
  if (schedule.type === 'DAILY') return everyDays(first, 1);
  if (schedule.type === 'WEEKLY') return everyWeeks(first, 1, schedule.weekdays);
  const { n, unit } = schedule.every;
  if (unit === 'DAY') return everyDays(first, n);
  if (unit === 'WEEK') return everyWeeks(first, n, schedule.weekdays);
  // From the first one, not from the one before: 31 January, 28 February, 31 March.
  return { dayOf: (index) => first.add({ months: index * n }), countWithin: (days) => Math.floor(days / (31 * n)) };
}

const everyDays = (first: Temporal.PlainDate, n: number): Days => ({
  dayOf: (index) => first.add({ days: index * n }),
  countWithin: (days) => Math.floor(days / n),
});

/** Weeks count from the Monday before the first day; days of its week before it are left out. */
function everyWeeks(first: Temporal.PlainDate, n: number, named: readonly string[] = [weekdays[first.dayOfWeek - 1] ?? 'MO']): Days {
  const behindMonday = first.dayOfWeek - 1;
  const monday = first.subtract({ days: behindMonday });
  const offsets = weekdays.flatMap((weekday, offset) => (named.includes(weekday) ? [offset] : []));
  const leftOut = offsets.filter((offset) => offset < behindMonday).length;
  return {
    dayOf(index) {
      const week = Math.floor((index + leftOut) / offsets.length) * n;
      return monday.add({ days: week * 7 + (offsets[(index + leftOut) % offsets.length] ?? 0) });
    },
    countWithin: (days) => Math.floor((days + behindMonday) / (n * 7)) * offsets.length - leftOut,
  };
}

/** What a schedule that is saved now runs first: one that passed up to five minutes ago too. */
export const firstOccurrences = (schedule: ShareSchedule, nowMs: number, n: number): Occurrence[] =>
  nextOccurrences(schedule, nowMs - stillDueMs - 1, n);
