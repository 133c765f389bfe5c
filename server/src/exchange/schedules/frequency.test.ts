import { expect, it } from 'vitest';
import type { ShareSchedule } from '../shares/share.ts';
import { frequencyOf } from './frequency.ts';

const at = '2030-01-01T00:00:00Z';
it.each<[ShareSchedule, string]>([
  [{ type: 'NOW' }, 'Immediately'],
  [{ type: 'AT', at }, 'Once'],
  [{ type: 'DAILY', at }, 'Daily'],
  [{ type: 'WEEKLY', at, weekdays: ['MO'] }, 'Weekly'],
  [{ type: 'CUSTOM', at, every: { n: 1, unit: 'DAY' } }, 'Every day'],
  [{ type: 'CUSTOM', at, every: { n: 2, unit: 'WEEK' } }, 'Every 2 weeks'],
  [{ type: 'CUSTOM', at, every: { n: 3, unit: 'MONTH' } }, 'Every 3 months'],
])('%j', (schedule, words) => expect(frequencyOf(schedule)).toBe(words));
