import type { Static, TObject } from 'typebox';
import { refusal } from '../kit/refusal.ts';
import { httpErrors } from './http-errors.ts';
import { shortened } from './parameters.ts';
import { isObject, kindOf } from './read-body.ts';

/** The part of JSON Schema that wire objects use. */
interface WireSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly WireSchema[];
  readonly properties?: Readonly<Record<string, WireSchema>>;
  readonly required?: readonly string[];
  readonly items?: WireSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** Says what `pattern` asks for: "must …". */
  readonly patternFault?: string;
  readonly readOnly?: boolean;
  /** A text field that takes numbers too and keeps their digits. */
  readonly castsNumbers?: boolean;
}

/**
 * Reads a wire object by its schema: strings of digits become integers where one is due, read-only and unknown fields are
 * dropped with a warning, everything else must fit. Only the fields that were sent are in the result.
 * @throws Refusal http.invalidField, naming the field and the fault.
 */
export function readObject<Schema extends TObject>(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  warnings: string[],
): Partial<Static<Schema>> {
  const { properties = {} } = schema as unknown as WireSchema;
  const result: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!known) warnings.push(`${path}.${shortened(key)} is unknown and was ignored`);
    else if (known.readOnly) warnings.push(`${path}.${key} is read-only and was ignored`);
    else result[key] = readValue(known, field, `${path}.${key}`, warnings);
  }
  return result as Partial<Static<Schema>>;
}

/** Fields that a creation cannot do without. */
export function requireFields(object: Readonly<Record<string, unknown>>, names: readonly string[], path: string): void {
  for (const name of names) if (object[name] === undefined) throw refusal(httpErrors.missingField, { path: `${path}.${name}` });
}

function readValue(schema: WireSchema, value: unknown, path: string, warnings: string[]): unknown {
  const wrong = (fault: string) => refusal(httpErrors.invalidField, { path, fault });
  if (schema.anyOf) return readChoice(schema.anyOf, value, path, warnings);
  switch (schema.type) {
    case 'integer':
      return readInteger(schema, value, wrong);
    case 'string':
      return readText(schema, value, wrong);
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(`must be true or false, not ${kindOf(value)}`);
      return value;
    case 'array': {
      if (!Array.isArray(value)) throw wrong(`must be an array, not ${kindOf(value)}`);
      const { items } = schema;
      return items ? value.map((item, index) => readValue(items, item, `${path}[${index}]`, warnings)) : value;
    }
    case 'object': {
      if (!isObject(value)) throw wrong(`must be an object, not ${kindOf(value)}`);
      const object = readObject(schema as unknown as TObject, value, path, warnings);
      requireFields(object, schema.required ?? [], path);
      return object;
    }
    default:
      return value;
  }
}

/** Literals by choice, or one form that may be null. */
function readChoice(choices: readonly WireSchema[], value: unknown, path: string, warnings: string[]): unknown {
  const rest = choices.filter((choice) => choice.type !== 'null');
  const nullable = rest.length < choices.length;
  if (value === null && nullable) return null;
  const literals = rest.filter((choice) => 'const' in choice);
  if (literals.length > 0 && literals.length === rest.length) {
    if (literals.some((choice) => choice.const === value)) return value;
    const names = literals.map((choice) => String(choice.const)).join(', ');
    throw refusal(httpErrors.invalidField, { path, fault: `must be one of ${names}${nullable ? ' or null' : ''}` });
  }
  const [only] = rest;
  return only ? readValue(only, value, path, warnings) : value;
}

function readInteger(schema: WireSchema, value: unknown, wrong: (fault: string) => Error): number {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw wrong(`must be an integer, not ${shown(value)}`);
  if (number < minimum) throw wrong(`must be ${minimum} or more, not ${number}`);
  if (number > maximum) throw wrong(`must be ${maximum} or less, not ${number}`);
  return number;
}

/** Lengths count characters: what a person would count is near enough to code points. */
function readText(schema: WireSchema, value: unknown, wrong: (fault: string) => Error): string {
  const text = schema.castsNumbers && typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string') throw wrong(`must be a string, not ${kindOf(value)}`);
  if (!text.isWellFormed() || text.includes('\0')) throw wrong('must not hold zero characters or halves of surrogate pairs');
  const { maxLength, minLength = 0, pattern } = schema;
  if (maxLength !== undefined && text.length > maxLength && [...text].length > maxLength)
    throw wrong(`must not be longer than ${maxLength} characters`);
  if (text.length < minLength) throw wrong(minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`);
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(text)) throw wrong(schema.patternFault ?? `must match ${pattern}`);
  return text;
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? `'${shortened(value)}'` : typeof value === 'number' ? String(value) : kindOf(value);
