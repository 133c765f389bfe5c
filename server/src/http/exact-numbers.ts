import { isObject } from './read-body.ts';

/**
 * JSON.parse rounds whole numbers beyond 2^53, and a rounded user id names somebody else. Senders should quote them; for those
 * that do not, the body is read a second time with the digits of such numbers kept. (A reviver with source text does the same,
 * but takes ten times as long as plain parsing; ordinary bodies must not pay for this at all.)
 */
const mark = '\u0000digits';

/** A number that JSON.parse may round, or that is not written as plain digits. */
const numberText = '-?\\d{16,}(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|-?\\d+(?:\\.\\d+)?[eE][+-]?\\d+';
const numberForm = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): object };

/** True of a number whose digits JSON.parse has lost. */
export const isRounded = (value: number): boolean => !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));

/**
 * Makes of JSON valid JSON in which long numbers behind these keys stand as marked objects (`digitsOf`). An unescaped quote on both sides
 * of a name and a colon: that is a key, never the inside of a string.
 */
export function exactNumbers(keys: readonly string[]): (json: string) => string {
  const longNumber = new RegExp(`("(?:${keys.join('|')})"\\s*:\\s*)(${numberText})`, 'g');
  return (json) => json.replace(longNumber, `$1{"\\u0000digits":"$2"}`);
}

/** The digits of a marked number as they were sent; undefined for everything else. */
export function digitsOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const digits = value[mark];
  return typeof digits === 'string' && numberForm.test(digits) ? digits : undefined;
}

/** A marked number as JSON.stringify will write it: in its own digits. Everything else as it is. */
export function asSent(value: unknown): unknown {
  const digits = digitsOf(value);
  return digits === undefined ? value : rawJSON(digits);
}
