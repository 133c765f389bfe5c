import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Call, OptionSpec } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';

/** An option that sets a field of the object. */
export interface FieldOption extends OptionSpec {
  type: 'string';
  field: string;
  kind: 'text' | 'integer' | 'truth';
}

export const textField = (field: string, description: string, placeholder = 'TEXT'): FieldOption => ({
  type: 'string',
  field,
  kind: 'text',
  placeholder,
  description,
});

export const integerField = (field: string, description: string, placeholder = 'N'): FieldOption => ({
  type: 'string',
  field,
  kind: 'integer',
  placeholder,
  description: `${description}; null for none`,
});

export const truthField = (field: string, description: string): FieldOption => ({
  type: 'string',
  field,
  kind: 'truth',
  choices: ['true', 'false'],
  description,
});

export const choiceField = (field: string, description: string, choices: readonly string[]): FieldOption => ({
  type: 'string',
  field,
  kind: 'text',
  choices,
  description,
});

export const bodyOption: OptionSpec = {
  type: 'string',
  placeholder: 'JSON',
  description: 'more fields, as a JSON object; @FILE reads a file. Fields with options of their own win',
};

export type Fields = Record<string, unknown>;

/** The fields that the command line sets. Throws CommandFailure (usage) where a value is none of its kind. */
export async function fieldsOf(call: Call, options: Readonly<Record<string, FieldOption>>): Promise<Fields> {
  const fields = await bodyFields(call);
  for (const [name, option] of Object.entries(options)) {
    const text = call.rawText(name);
    if (text !== undefined) fields[option.field] = fieldValue(name, option, text);
  }
  return fields;
}

/** The same; at least one of them must be there. */
export async function changedFieldsOf(call: Call, options: Readonly<Record<string, FieldOption>>): Promise<Fields> {
  const fields = await fieldsOf(call, options);
  if (Object.keys(fields).length > 0) return fields;
  throw new CommandFailure('nothing to change was named; "--help" lists what can be', exitCodes.usage);
}

function fieldValue(name: string, { kind }: FieldOption, text: string): string | number | boolean | null {
  if (kind === 'truth') return text === 'true';
  if (kind === 'text') return text;
  if (text === 'null') return null;
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new CommandFailure(`--${name} is a whole number or null, not "${text}"`, exitCodes.usage);
}

async function bodyFields(call: Call): Promise<Fields> {
  const given = call.text('body');
  if (given === undefined) return {};
  const text = given.startsWith('@') ? await readBodyFile(resolve(call.surroundings.cwd, given.slice(1))) : given;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`--body is not JSON: ${fault}`, exitCodes.usage, { cause: error });
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  throw new CommandFailure('--body is a JSON object, such as {"code":"cars"}', exitCodes.usage);
}

async function readBodyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`cannot read ${path}: ${fault}`, exitCodes.usage, { cause: error });
  }
}
