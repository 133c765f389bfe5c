import { type Static, Type } from 'typebox';
import type { FieldFault } from '../calls/read-exchange-body.ts';
import type { ShareSchedule } from '../shares/share.ts';
import { isZone, readTime } from './local-time.ts';
import { defaultZone, stillDueMs, weekdays } from './occurrences.ts';

const type = Type.Union([Type.Literal('NOW'), Type.Literal('AT'), Type.Literal('DAILY'), Type.Literal('WEEKLY'), Type.Literal('CUSTOM')]);
const unit = Type.Union([Type.Literal('DAY'), Type.Literal('WEEK'), Type.Literal('MONTH')]);
const weekday = Type.Unsafe<(typeof weekdays)[number]>(Type.Union(weekdays.map((name) => Type.Literal(name))));

/** Which fields go together, `scheduleFaults` says. */
export const scheduleSchema = Type.Object({
  type,
  at: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339, or local time in `timezone`: the earliest run' })),
  timezone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA name; default GMT' })),
  every: Type.Optional(Type.Object({ n: Type.Integer({ minimum: 1, maximum: 365 }), unit })),
  weekdays: Type.Optional(Type.Array(weekday, { minItems: 1, maxItems: 7 })),
  until: Type.Optional(Type.String({ maxLength: 40, description: 'As `at`; inclusive' })),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'So many occurrences from `at` on' })),
});

type SentSchedule = Static<typeof scheduleSchema>;
type Field = keyof SentSchedule;

const fieldsOf: Readonly<Record<SentSchedule['type'], { readonly required: readonly Field[]; readonly optional: readonly Field[] }>> = {
  NOW: { required: [], optional: [] },
  AT: { required: ['at'], optional: ['timezone'] },
  DAILY: { required: ['at'], optional: ['timezone', 'until', 'count'] },
  WEEKLY: { required: ['at'], optional: ['timezone', 'weekdays', 'until', 'count'] },
  CUSTOM: { required: ['at', 'every'], optional: ['timezone', 'weekdays', 'until', 'count'] },
};

/**
 * Everything that is wrong with a schedule that is saved now (exchange-sharing.md section 5); where there is nothing, it is a `ShareSchedule`.
 * An end that lies in the past is none of it: such a schedule has no run to come.
 */
export function scheduleFaults(sent: SentSchedule, nowMs: number): FieldFault[] {
  const faults: FieldFault[] = [];
  const wrong = (field: Field, message: string): void => void faults.push({ field: `schedule.${field}`, message });
  const { type, timezone = defaultZone } = sent;
  const { required, optional } = fieldsOf[type];
  for (const field of Object.keys(sent) as Field[])
    if (field !== 'type' && !required.includes(field) && !optional.includes(field)) wrong(field, `is not a field of ${type}`);
  for (const field of required) if (sent[field] === undefined) wrong(field, `is required with ${type}`);
  if (sent.until !== undefined && sent.count !== undefined) wrong('count', 'must not be given together with until');
  if (sent.weekdays && new Set(sent.weekdays).size < sent.weekdays.length) wrong('weekdays', 'must not name a day twice');
  if (sent.weekdays && sent.every && sent.every.unit !== 'WEEK') wrong('weekdays', 'go only with weeks');
  if (!isZone(timezone)) wrong('timezone', 'must be the name of a time zone, such as Europe/Berlin');
  else timeFaults(sent, timezone, nowMs, wrong);
  return faults;
}

function timeFaults({ type, at, until }: SentSchedule, zone: string, nowMs: number, wrong: (field: Field, message: string) => void): void {
  const start = at === undefined ? undefined : readTime(at, zone);
  const end = until === undefined ? undefined : readTime(until, zone);
  const form = 'must be a time such as 2027-01-31T08:00:00Z, or 2027-01-31T08:00:00 for local time in timezone';
  if (at !== undefined && !start) wrong('at', form);
  if (until !== undefined && !end) wrong('until', form);
  if (start && end && end.atMs < start.atMs) wrong('until', 'must not be before at');
  if (start && type === 'AT' && start.atMs < nowMs - stillDueMs) wrong('at', 'has passed; to share at once use NOW');
}

/** @param sent one that `scheduleFaults` finds nothing wrong with */
export const scheduleOf = (sent: SentSchedule): ShareSchedule => sent as ShareSchedule;
