import type { AttributeMapping, BuiltInRules } from './transform-plan.ts';

/** What is delivered of an attribute's cell; undefined: it is not of the type that it should be. */
export type AttributeReader = (text: string) => string | undefined;

const numberForm = /^-?\d+(\.\d+)?$/;
const dateForm = /^\d{4}-\d\d-\d\d$/;
const datetimeForm = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const mostValue = 2_147_483_647;

function isDay(year: number, month: number, day: number): boolean {
  if (day < 1 || day > (longestMonths[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

const isDate = (text: string): boolean =>
  text.length === 10 && dateForm.test(text) && isDay(digitsAt(text, 0, 4), digitsAt(text, 5, 7), digitsAt(text, 8, 10));

/** A number whose digits are known to be some: dates stand in every row, and a match with groups costs ten times as much. */
function digitsAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = number * 10 + text.charCodeAt(at) - 0x30;
  return number;
}

/** Milliseconds of an RFC 3339 time with an offset; undefined where it is none. A leap second is the first of the next minute. */
export function parseDatetime(text: string): number | undefined {
  const parts = datetimeForm.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const [offsetHour, offsetMinute] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const time = new Date(0);
  // Not Date.UTC, which takes years before 100 for others.
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hour, minute, second, Math.floor(Number(`0${parts[7] ?? ''}`) * 1000));
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000;
  return time.getTime() - (parts[8] === '-' ? -offsetMs : offsetMs);
}

const asIs =
  (isOfType: (text: string) => boolean): AttributeReader =>
  (text) =>
    isOfType(text) ? text : undefined;

const readers: Readonly<Record<string, AttributeReader>> = {
  number: asIs((text) => numberForm.test(text)),
  boolean: asIs((text) => text === 'true' || text === 'false'),
  date: asIs(isDate),
  datetime: asIs((text) => parseDatetime(text) !== undefined),
};
const readText: AttributeReader = (text) => text;
const readerOf = (type: string): AttributeReader => (Object.hasOwn(readers, type) ? readers[type] : undefined) ?? readText;

/** The reader of a mapped attribute, by its types on both sides (exchange.md section 3 rule 6 and section 4). Null cells never come here. */
export function attributeReader({ source, destination }: AttributeMapping, builtIn: BuiltInRules | null): AttributeReader {
  const read = readerOf(source.type);
  const checked = builtIn === null ? undefined : builtInReader(destination.name, builtIn);
  if (checked !== undefined) return (text) => (read(text) === undefined ? undefined : checked(text));
  if (source.type === 'date' && destination.type === 'datetime') return (text) => (isDate(text) ? `${text}T00:00:00Z` : undefined);
  return read;
}

/** Values and expiry times of the built-in endpoint, in one form each (exchange-sharing.md section 4). */
function builtInReader(name: string, { nowMs }: BuiltInRules): AttributeReader | undefined {
  if (name === 'value') {
    return (text) => {
      const number = Number(text);
      return numberForm.test(text) && Number.isInteger(number) && number >= 0 && number <= mostValue ? String(Math.abs(number)) : undefined;
    };
  }
  if (name !== 'expires_at') return undefined;
  return (text) => {
    const ms = parseDatetime(isDate(text) ? `${text}T00:00:00Z` : text);
    return ms !== undefined && ms > nowMs ? new Date(ms).toISOString() : undefined;
  };
}
