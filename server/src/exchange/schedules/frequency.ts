import type { ShareSchedule } from '../shares/share.ts';

const units = { DAY: 'day', WEEK: 'week', MONTH: 'month' } as const;

/** A schedule in words, for people: `Every 2 weeks`. */
export function frequencyOf(schedule: ShareSchedule): string {
  switch (schedule.type) {
    case 'NOW':
      return 'Immediately';
    case 'AT':
      return 'Once';
    case 'DAILY':
      return 'Daily';
    case 'WEEKLY':
      return 'Weekly';
    default: {
      const { n, unit } = schedule.every;
      return n === 1 ? `Every ${units[unit]}` : `Every ${n} ${units[unit]}s`;
    }
  }
}
