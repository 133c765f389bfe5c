import type { Static } from 'typebox';
import { environmentName, options, type Option, type OptionName } from './options.ts';

/** All settings, read and checked. */
export type Config = { readonly [Name in OptionName]: Static<(typeof options)[Name]['schema']> };

/** A setting that cannot be used. Its message names the setting and the fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What an option's schema says, as far as settings need it. */
interface SettingSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  /** Says what `pattern` asks for: "must …". The value is not shown: it may be secret. */
  readonly patternFault?: string;
  readonly anyOf?: readonly { readonly const: string }[];
}

/**
 * Reads settings from flags, which win, and the environment. `warnings` names FOYER_ variables that are no settings,
 * because a misspelt one would do nothing without a word.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<OptionName, string>>> = {},
): { config: Config; warnings: string[] } {
  const config: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, option] of Object.entries<Option>(options)) {
    const variable = environmentName(name);
    known.add(variable);
    const flag = flags[name as OptionName];
    const text = flag ?? environment[variable];
    if (text === undefined || (text === '' && flag === undefined)) config[name] = option.default;
    else config[name] = readSetting(flag === undefined ? variable : (option.flag ?? variable), text, option.schema as SettingSchema);
  }
  const unknown = Object.keys(environment).filter((name) => name.startsWith('FOYER_') && !known.has(name) && !outside.has(name));
  return {
    config: config as Config,
    warnings: unknown.map((name) => `${name} is not a setting of this server and does nothing; see docs/configuration.md`),
  };
}

/** FOYER_ variables that other parts read: the tests, and the command line. */
const outside = new Set(['FOYER_TEST_FULL', 'FOYER_TEST_OPERATIONS', 'FOYER_SERVER']);

function readSetting(name: string, text: string, schema: SettingSchema): unknown {
  if (schema.anyOf) {
    const choices = schema.anyOf.map((choice) => choice.const);
    if (!choices.includes(text)) throw new ConfigError(`${name} must be one of ${choices.join(', ')}; it is '${text}'`);
    return text;
  }
  if (schema.type === 'integer') {
    const value = Number(text);
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
    if (!/^\d+$/.test(text) || value < minimum || value > maximum)
      throw new ConfigError(`${name} must be a whole number from ${minimum} to ${maximum}; it is '${text}'`);
    return value;
  }
  if (schema.type === 'boolean') {
    if (/^(1|true|on|yes)$/i.test(text)) return true;
    if (/^(0|false|off|no)$/i.test(text)) return false;
    throw new ConfigError(`${name} must be on or off; it is '${text}'`);
  }
  if (schema.type === 'array') {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  if (text.length < (schema.minLength ?? 0)) throw new ConfigError(`${name} must not be empty`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(text))
    throw new ConfigError(`${name} ${schema.patternFault ?? `must match ${schema.pattern}`}`);
  return text;
}
