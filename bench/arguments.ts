import { parseArgs } from 'node:util';
import type { Scenario } from './scenarios/scenario.ts';

export interface BenchArguments {
  readonly scenarios: readonly Scenario[];
  readonly runs: number;
  readonly seconds: number;
  readonly users: number;
  readonly against: string | null;
  readonly profileFolder: string | null;
}

/** Arguments that cannot be used; the message says which and why. */
export class UsageError extends Error {}

const defaults = { runs: 5, seconds: 2, users: 300_000 } as const;
/** The largest call names so many different users. */
const fewestUsers = 1000;

export const helpText = (scenarios: readonly Scenario[]): string => `npm run bench -- [options]

Measures Foyer beside a bare node:http server that does the same bytes, in turns on this machine, and prints one table.

  --only NAME      this scenario alone; may be given several times
  --runs N         measured runs of each server, medians are reported (default ${defaults.runs})
  --seconds S      length of a run (default ${defaults.seconds})
  --users N        users in the audience (default ${defaults.users})
  --against DIR    another checkout of this repository, whose server runs in the same turns: what did a change do?
  --profile DIR    take processor profiles of the server (Chrome DevTools reads them); figures are lower then
  --help           this text

Scenarios:
${scenarios.map(({ name, summary }) => `  ${name.padEnd(16)} ${summary}`).join('\n')}

FOYER_DURABILITY, FOYER_HOT_ROUTES, FOYER_LOG_LEVEL, FOYER_LOG_SAMPLE, FOYER_LOG_CUT_BYTES and FOYER_SLOW_CALL_MS are passed on to
the server and stand in the result. bench/README.md says how to read the table.`;

/** Reads the command line; null: --help was asked. @throws UsageError */
export function readArguments(args: readonly string[], all: readonly Scenario[]): BenchArguments | null {
  const text = { type: 'string' } as const;
  const options = {
    only: { type: 'string', multiple: true },
    runs: text,
    seconds: text,
    users: text,
    against: text,
    profile: text,
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values } = parsed(() => parseArgs({ args: [...args], options, strict: true }));
  if (values.help === true) return null;
  const unknown = values.only?.find((name) => !all.some((scenario) => scenario.name === name));
  if (unknown !== undefined)
    throw new UsageError(`--only: there is no scenario '${unknown}'; there are ${all.map(({ name }) => name).join(', ')}`);
  return {
    scenarios: all.filter(({ name }) => values.only?.includes(name) ?? true),
    runs: numberOf('--runs', values.runs, defaults.runs, 1, true),
    seconds: numberOf('--seconds', values.seconds, defaults.seconds, 0.1, false),
    users: numberOf('--users', values.users, defaults.users, fewestUsers, true),
    against: values.against ?? null,
    profileFolder: values.profile ?? null,
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function numberOf(flag: string, text: string | undefined, otherwise: number, least: number, whole: boolean): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= least && value <= 1e9) || (whole && !Number.isInteger(value)))
    throw new UsageError(`${flag} must be a ${whole ? 'whole ' : ''}number of ${least} or more, not '${text}'`);
  return value;
}
