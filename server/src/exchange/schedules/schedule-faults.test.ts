import { describe, expect, it } from 'vitest';
import { scheduleFaults } from './schedule-faults.ts';

const nowMs = Date.parse('2030-06-01T12:00:00Z');
const at = '2035-01-01T00:00:00Z';
const fields = (sent: Parameters<typeof scheduleFaults>[0]): string[] => scheduleFaults(sent, nowMs).map(({ field }) => field);

describe('scheduleFaults', () => {
  it.each<Parameters<typeof scheduleFaults>[0]>([
    { type: 'NOW' },
    { type: 'AT', at, timezone: 'europe/berlin' },
    { type: 'AT', at: '2030-06-01T11:55:00Z' },
    { type: 'DAILY', at: '2001-01-01T10:00', count: 1 },
    { type: 'WEEKLY', at, weekdays: ['FR', 'MO'], until: at },
    { type: 'CUSTOM', at, every: { n: 2, unit: 'WEEK' }, weekdays: ['SU'] },
    { type: 'CUSTOM', at: '2035-01-31T23:59:59.999+05:30', every: { n: 1, unit: 'MONTH' } },
  ])('takes %j', (sent) => expect(fields(sent)).toEqual([]));

  it.each<[string, Parameters<typeof scheduleFaults>[0]]>([
    ['at', { type: 'NOW', at }],
    ['timezone', { type: 'NOW', timezone: 'GMT' }],
    ['at', { type: 'AT' }],
    ['at', { type: 'AT', at: '2030-06-01T11:54:59Z' }],
    ['at', { type: 'DAILY', at: 'tomorrow' }],
    ['at', { type: 'DAILY', at: '2035-02-29T00:00:00Z' }],
    ['at', { type: 'DAILY', at: '2035-02-29T00:00:00' }],
    ['at', { type: 'DAILY', at: '2035-01-01' }],
    ['at', { type: 'DAILY', at: '2035-01-01T24:00:00' }],
    ['at', { type: 'DAILY', at: '2035-01-01T00:00:00+25:00' }],
    ['until', { type: 'AT', at, until: at }],
    ['until', { type: 'DAILY', at, until: '2034-12-31T23:59:59Z' }],
    ['until', { type: 'DAILY', at, until: 'never' }],
    ['count', { type: 'DAILY', at, until: at, count: 3 }],
    ['weekdays', { type: 'DAILY', at, weekdays: ['MO'] }],
    ['weekdays', { type: 'WEEKLY', at, weekdays: ['MO', 'MO'] }],
    ['weekdays', { type: 'CUSTOM', at, every: { n: 1, unit: 'MONTH' }, weekdays: ['MO'] }],
    ['every', { type: 'WEEKLY', at, every: { n: 1, unit: 'WEEK' } }],
    ['every', { type: 'CUSTOM', at }],
    ['timezone', { type: 'DAILY', at, timezone: 'Mars/Olympus' }],
    ['timezone', { type: 'DAILY', at, timezone: '+02:00' }],
    ['timezone', { type: 'DAILY', at, timezone: '' }],
  ])('refuses %s of %j', (field, sent) => expect(fields(sent)).toEqual([`schedule.${field}`]));

  it('tells everything that is wrong', () => {
    expect(fields({ type: 'AT', every: { n: 1, unit: 'DAY' }, count: 2, timezone: 'X' })).toEqual([
      'schedule.every',
      'schedule.count',
      'schedule.at',
      'schedule.timezone',
    ]);
  });
});
