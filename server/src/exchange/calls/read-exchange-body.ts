import type { Static, TSchema } from 'typebox';
import { kindOf, isObject } from '../../http/read-body.ts';
import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';

/** One problem of a body. */
export interface FieldFault {
  /** Dotted path; empty: the body itself. */
  readonly field: string;
  /** "must …". */
  readonly message: string;
}

/** The part of JSON Schema that bodies of the exchange use. Objects take no other members unless the schema says so. */
interface BodySchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly BodySchema[];
  readonly properties?: Readonly<Record<string, BodySchema>>;
  readonly patternProperties?: Readonly<Record<string, BodySchema>>;
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly items?: BodySchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** Says what `pattern` asks for: "must …". */
  readonly patternFault?: string;
}

/** No answer lists more. */
const mostFaults = 100;

/**
 * Holds a body to its schema and tells every problem found (exchange-sharing.md section 1). Nothing is converted.
 * @throws Refusal exchange.invalid with `details`
 */
export function readExchangeBody<Schema extends TSchema>(schema: Schema, value: unknown): Static<Schema> {
  const faults: FieldFault[] = [];
  check(schema as BodySchema, value, '', faults);
  if (faults.length > 0) throw invalidFields(faults);
  return value as Static<Schema>;
}

/** @throws never; makes the refusal that names the first problem and lists all. */
export function invalidFields(faults: readonly FieldFault[]) {
  const [first, ...more] = faults;
  const named = first ? `${first.field === '' ? 'The body' : first.field} ${first.message}` : 'The body is not what it should be';
  const fault = more.length === 0 ? named : `${named} (and ${more.length} more, see details)`;
  return refusal(exchangeErrors.invalid, { fault }, { details: faults.slice(0, mostFaults) });
}

function check(schema: BodySchema, value: unknown, field: string, faults: FieldFault[]): void {
  const wrong = (message: string): void => void faults.push({ field, message });
  if (faults.length > mostFaults) return;
  if (schema.anyOf) return checkChoice(schema.anyOf, value, field, faults);
  if ('const' in schema) return value === schema.const ? undefined : wrong(`must be ${String(schema.const)}`);
  switch (schema.type) {
    case 'null':
      return value === null ? undefined : wrong('must be null');
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrong(`must be true or false, not ${kindOf(value)}`);
    case 'integer':
      return checkInteger(schema, value, wrong);
    case 'string':
      return checkText(schema, value, wrong);
    case 'array':
      return checkArray(schema, value, field, faults);
    case 'object':
      return checkObject(schema, value, field, faults);
    default:
      return undefined;
  }
}

/** By the kind of the value: literals by choice, else the one form that takes its kind. */
function checkChoice(choices: readonly BodySchema[], value: unknown, field: string, faults: FieldFault[]): void {
  const literals = choices.filter((choice) => 'const' in choice);
  if (literals.some((choice) => choice.const === value)) return;
  const fitting = choices.find((choice) => !('const' in choice) && takesKind(choice.type, value));
  if (fitting) return check(fitting, value, field, faults);
  const kinds = choices.filter((choice) => !('const' in choice)).map(({ type }) => words[type ?? ''] ?? 'something else');
  const names = [...literals.map((choice) => String(choice.const)), ...kinds];
  faults.push({ field, message: `must be ${names.length > 1 ? 'one of ' : ''}${names.join(', ')}` });
}

const words: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

function takesKind(type: string | undefined, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return typeof value === 'number' || typeof value === 'bigint';
  return type === typeof value;
}

function checkInteger({ minimum, maximum }: BodySchema, value: unknown, wrong: (message: string) => void): void {
  if (typeof value === 'bigint' && maximum === undefined) return;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return wrong(`must be an integer, not ${kindOf(value)}`);
  if (minimum !== undefined && value < minimum) return wrong(`must be ${minimum} or more`);
  if (maximum !== undefined && value > maximum) return wrong(`must be ${maximum} or less`);
}

function checkText(
  { minLength = 0, maxLength, pattern, patternFault }: BodySchema,
  value: unknown,
  wrong: (message: string) => void,
): void {
  if (typeof value !== 'string') return wrong(`must be a string, not ${kindOf(value)}`);
  if (!value.isWellFormed() || value.includes('\0')) return wrong('must not hold zero characters or halves of surrogate pairs');
  if (maxLength !== undefined && value.length > maxLength && [...value].length > maxLength)
    return wrong(`must not be longer than ${maxLength} characters`);
  if (value.length < minLength) return wrong(minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`);
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return wrong(patternFault ?? `must match ${pattern}`);
}

function checkArray({ items, minItems = 0, maxItems }: BodySchema, value: unknown, field: string, faults: FieldFault[]): void {
  const wrong = (message: string): void => void faults.push({ field, message });
  if (!Array.isArray(value)) return wrong(`must be an array, not ${kindOf(value)}`);
  if (value.length < minItems) wrong(minItems === 1 ? 'must not be empty' : `must have at least ${minItems} items`);
  if (maxItems !== undefined && value.length > maxItems) return wrong(`must have ${maxItems} items at most`);
  if (items) for (const [index, item] of value.entries()) check(items, item, joined(field, String(index)), faults);
}

function checkObject(schema: BodySchema, value: unknown, field: string, faults: FieldFault[]): void {
  const { properties = {}, patternProperties, required = [], additionalProperties = false } = schema;
  if (!isObject(value)) return void faults.push({ field, message: `must be an object, not ${kindOf(value)}` });
  const [anyMember] = Object.values(patternProperties ?? {});
  for (const [key, member] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : anyMember;
    if (known) check(known, member, joined(field, key), faults);
    else if (!additionalProperties) faults.push({ field: joined(field, shortKey(key)), message: 'is unknown' });
  }
  for (const key of required) if (!Object.hasOwn(value, key)) faults.push({ field: joined(field, key), message: 'is required' });
}

const joined = (field: string, key: string): string => (field === '' ? key : `${field}.${key}`);
const shortKey = (key: string): string => (key.length > 40 ? `${key.slice(0, 40)}…` : key);
