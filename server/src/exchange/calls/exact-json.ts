import { createHash } from 'node:crypto';
import { isUtf8, type Buffer } from 'node:buffer';
import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';

const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): object };

type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** Whole numbers that a double cannot hold become bigints: segment ids exceed 2^53 (exchange.md section 2.1). */
const keepingDigits: Reviver = (_key, value, context) =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? BigInt(context?.source ?? value)
    : value;

/** JSON in UTF-8, digits of long integers kept as bigints. @throws Refusal exchange.invalid */
export function parseExactly(body: Buffer): unknown {
  if (body.length === 0) throw refusal(exchangeErrors.invalid, { fault: 'The body is empty; it must be JSON' });
  if (!isUtf8(body)) throw refusal(exchangeErrors.invalid, { fault: 'The body holds bytes that are not UTF-8' });
  const text = body.toString('utf8');
  try {
    return JSON.parse(text, keepingDigits as Parameters<typeof JSON.parse>[1]);
  } catch (error) {
    const where = placeOf(error instanceof Error ? error.message : '', text);
    throw refusal(exchangeErrors.invalid, { fault: `The body is not JSON: ${where}` }, { cause: error });
  }
}

/** What the parser's message says of the place: not always where it is. */
function placeOf(message: string, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) {
    const lines = text.slice(0, Number(position)).split('\n');
    return `at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  }
  const token = /^Unexpected token '(.)'/su.exec(message)?.[1];
  return token === undefined ? 'it ends too early' : `there is a ${JSON.stringify(token)} where none can be`;
}

/** The opposite: bigints are written as numbers. */
export const writeExactly = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? rawJSON(String(field)) : field));

/** Equal for equal JSON values, whatever the order of members and the white space: SHA-256, hex. */
export const hashOfJson = (value: unknown): string =>
  createHash('sha256')
    .update(writeExactly(sorted(value)))
    .digest('hex');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return ['[', ...value.map(sorted)];
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return ['{', ...entries.map(([key, field]) => [key, sorted(field)])];
}

/**
 * An id as its owner wrote it: all digits as a number where the owner did so or where `numbers` says that all-digit ids are numbers
 * (job objects), else as text.
 */
export const idOnWire = (id: string, numbers: boolean): object | string => (numbers && /^(?:0|[1-9]\d*)$/.test(id) ? rawJSON(id) : id);
