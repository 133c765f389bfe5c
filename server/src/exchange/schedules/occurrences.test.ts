import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShareSchedule } from '../shares/share.ts';
import { firstOccurrences, nextOccurrences, weekdays } from './occurrences.ts';
import { slowOccurrences } from './slow-occurrences.fixture.ts';

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000', '');
const times = (schedule: ShareSchedule, n = 5, after = '1970-01-01T00:00:00Z'): string[] =>
  nextOccurrences(schedule, Date.parse(after), n).map(({ atMs }) => iso(atMs));

describe('nextOccurrences', () => {
  it('runs days 29 to 31 on the last day of a short month', () => {
    const monthly = (at: string): ShareSchedule => ({ type: 'CUSTOM', at, every: { n: 1, unit: 'MONTH' } });
    expect(times(monthly('2035-01-31T08:00:00Z'), 4)).toEqual([
      '2035-01-31T08:00:00Z',
      '2035-02-28T08:00:00Z',
      '2035-03-31T08:00:00Z',
      '2035-04-30T08:00:00Z',
    ]);
    expect(times(monthly('2036-01-29T08:00:00Z'), 2)).toEqual(['2036-01-29T08:00:00Z', '2036-02-29T08:00:00Z']);
  });

  it('keeps local time: in a spring gap it runs when the gap ends, in an autumn overlap at the first of the two', () => {
    const daily = (at: string, timezone?: string): ShareSchedule => ({
      type: 'DAILY',
      at,
      ...(timezone === undefined ? {} : { timezone }),
    });
    const spring = ['2030-03-30T01:30:00Z', '2030-03-31T01:00:00Z', '2030-04-01T00:30:00Z'];
    expect(times(daily('2030-03-30T02:30:00', 'Europe/Berlin'), 3)).toEqual(spring);
    const autumn = ['2030-10-26T00:30:00Z', '2030-10-27T00:30:00Z', '2030-10-28T01:30:00Z'];
    expect(times(daily('2030-10-26T02:30:00', 'Europe/Berlin'), 3)).toEqual(autumn);
    expect(times(daily('2030-03-30T02:30:00'), 2)).toEqual(['2030-03-30T02:30:00Z', '2030-03-31T02:30:00Z']);
  });

  it('begins with at itself, also where at is the second of two equal local times', () => {
    const schedule: ShareSchedule = { type: 'DAILY', at: '2030-10-27T01:30:00Z', timezone: 'Europe/Berlin' };
    expect(times(schedule, 2)).toEqual(['2030-10-27T01:30:00Z', '2030-10-28T01:30:00Z']);
  });

  it('takes one moment once where a zone leaves out a whole day', () => {
    const schedule: ShareSchedule = { type: 'DAILY', at: '2011-12-29T08:00:00', timezone: 'Pacific/Apia' };
    expect(times(schedule, 3)).toEqual(['2011-12-29T18:00:00Z', '2011-12-30T10:00:00Z', '2011-12-30T18:00:00Z']);
    expect(times({ ...schedule, at: '2011-12-29T00:00:00' }, 3)).toEqual([
      '2011-12-29T10:00:00Z',
      '2011-12-30T10:00:00Z',
      '2011-12-31T10:00:00Z',
    ]);
  });

  it('counts weeks from the Monday before at, and the occurrences before at not at all', () => {
    const every: ShareSchedule = {
      type: 'CUSTOM',
      at: '2035-01-05T10:00:00Z',
      every: { n: 2, unit: 'WEEK' },
      weekdays: ['MO', 'SU'],
      count: 3,
    };
    expect(times(every)).toEqual(['2035-01-07T10:00:00Z', '2035-01-15T10:00:00Z', '2035-01-21T10:00:00Z']);
  });

  it('counts those that nobody ran, and takes until in', () => {
    const daily: ShareSchedule = { type: 'DAILY', at: '2035-01-01T00:00:00Z', count: 3 };
    expect(times(daily, 5, '2035-01-02T00:00:00Z')).toEqual(['2035-01-03T00:00:00Z']);
    expect(times({ type: 'DAILY', at: '2035-01-01T00:00:00Z', until: '2035-01-02T00:00:00Z' })).toEqual([
      '2035-01-01T00:00:00Z',
      '2035-01-02T00:00:00Z',
    ]);
  });

  it('ends with the year 9999', () => {
    const schedule: ShareSchedule = { type: 'CUSTOM', at: '9999-12-31T12:00:00Z', every: { n: 365, unit: 'MONTH' } };
    expect(times(schedule)).toEqual(['9999-12-31T12:00:00Z']);
  });

  it('NOW has none, AT one', () => {
    expect(times({ type: 'NOW' })).toEqual([]);
    expect(times({ type: 'AT', at: '2035-01-01T00:00:00+05:30' })).toEqual(['2034-12-31T18:30:00Z']);
  });
});

describe('firstOccurrences', () => {
  it('takes in what passed up to five minutes ago', () => {
    const at = '2035-01-01T10:00:00Z';
    const first = (nowMs: number): number | undefined => firstOccurrences({ type: 'DAILY', at }, nowMs, 1)[0]?.index;
    expect(first(Date.parse(at) + 300_000)).toBe(0);
    expect(first(Date.parse(at) + 300_001)).toBe(1);
  });
});

it('leaves out no run of a schedule that begins behind all of its weekdays', () => {
  const schedule: ShareSchedule = {
    type: 'CUSTOM',
    at: '2025-03-07T00:00:00',
    every: { n: 3, unit: 'WEEK' },
    weekdays: ['MO', 'TU', 'WE', 'TH'],
  };
  expect(nextOccurrences(schedule, Date.parse('2025-03-23T23:59:59Z'), 1)).toEqual([
    { index: 0, atMs: Date.parse('2025-03-24T00:00:00Z') },
  ]);
});

const zones = [
  'GMT',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Pacific/Apia',
];
/** Around changes of clocks, and of whole days. */
const starts = ['2011-12-27', '2018-11-01', '2025-03-07', '2025-03-28', '2025-10-03', '2025-10-24', '2028-02-27', '2031-01-29'];

const schedules: fc.Arbitrary<ShareSchedule> = fc
  .record({
    start: fc.constantFrom(...starts),
    plus: fc.integer({ min: 0, max: 4 }),
    minute: fc.oneof(fc.integer({ min: 0, max: 239 }), fc.integer({ min: 0, max: 1439 })),
    timezone: fc.constantFrom(...zones),
    every: fc.record({ n: fc.integer({ min: 1, max: 4 }), unit: fc.constantFrom('DAY' as const, 'WEEK' as const, 'MONTH' as const) }),
    days: fc.option(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 })),
    count: fc.option(fc.integer({ min: 1, max: 6 })),
  })
  .map(({ start, plus, minute, timezone, every, days, count }) => {
    const local = new Date(Date.parse(`${start}T00:00:00Z`) + plus * 86_400_000 + minute * 60_000).toISOString().slice(0, 19);
    const more = { ...(days && every.unit === 'WEEK' ? { weekdays: days } : {}), ...(count === null ? {} : { count }) };
    return { type: 'CUSTOM', at: local, timezone, every, ...more };
  });

describe('beside a slow and obvious twin', () => {
  it('says the same run times, over many zones and their changes of clocks', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        expect(times(schedule, 6)).toEqual(slowOccurrences(schedule, 6).map(iso));
      }),
      { numRuns: 80 },
    );
  });

  it('goes on from any moment as if it had counted from the beginning', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: -2 * 86_400_000, max: 900 * 86_400_000 }), (schedule, shift) => {
        const all = nextOccurrences(schedule, -Infinity, 1000);
        const afterMs = (all[0]?.atMs ?? 0) + shift;
        expect(nextOccurrences(schedule, afterMs, 3)).toEqual(all.filter(({ atMs }) => atMs > afterMs).slice(0, 3));
      }),
      { numRuns: 60 },
    );
  });
});
