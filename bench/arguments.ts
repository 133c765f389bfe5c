import { parseArgs } from 'node:util';
import type { Scenario } from './scenarios/scenario.ts';

export interface BenchArguments {
  readonly scenarios: readonly Scenario[];
  readonly runs: number;
  readonly seconds: number;
  readonly users: number;
  /** Users of the large audience; null without --full. */
  readonly largeUsers: number | null;
  readonly against: string | null;
  readonly profileFolder: string | null;
}

/** Arguments that cannot be used; the message says which and why. */
export class UsageError extends Error {}

const defaults = { runs: 5, seconds: 2, users: 1_000_000 } as const;
const quick = { runs: 3, seconds: 0.7, users: 100_000 } as const;
const largeUsers = 10_000_000;
/** Batches that are under way together name so many different users. */
const fewestUsers = 4000;

export const helpText = (scenarios: readonly Scenario[]): string => `npm run bench -- [options]

Measures Foyer beside a bare node:http server that does the same bytes, and beside Redis, LMDB and PostgreSQL where they are installed, in
turns on this machine. Prints one table with what is reached of each target, and writes bench/results/DATE.json. About 12 minutes.

  --only NAME      this scenario alone; may be given several times
  --runs N         measured runs of each server, medians are reported (default ${defaults.runs})
  --seconds S      length of a run (default ${defaults.seconds})
  --users N        users in the audience (default ${defaults.users})
  --quick          a first look in three minutes: ${quick.runs} runs of ${quick.seconds} s, ${quick.users} users; ratios are rough
  --full           besides with ${largeUsers} users: growth, lookups, memory, restart; takes 16 GB of memory and half an hour
  --large-users N  users of --full's large audience (default ${largeUsers}); implies it
  --against DIR    another checkout of this repository, whose server runs in the same turns: what did a change do?
  --profile DIR    take processor profiles of Foyer (Chrome DevTools reads them) and print their summaries; figures are lower then
  --help           this text

Scenarios:
${scenarios.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join('\n')}

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
    quick: { type: 'boolean' },
    full: { type: 'boolean' },
    'large-users': text,
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values } = parsed(() => parseArgs({ args: [...args], options, strict: true }));
  if (values.help === true) return null;
  const unknown = values.only?.find((name) => !all.some((scenario) => scenario.name === name));
  if (unknown !== undefined)
    throw new UsageError(`--only: there is no scenario '${unknown}'; there are ${all.map(({ name }) => name).join(', ')}`);
  const otherwise = values.quick === true ? quick : defaults;
  return {
    scenarios: all.filter(({ name }) => values.only?.includes(name) ?? true),
    runs: numberOf('--runs', values.runs, otherwise.runs, 1, true),
    seconds: numberOf('--seconds', values.seconds, otherwise.seconds, 0.1, false),
    users: numberOf('--users', values.users, otherwise.users, fewestUsers, true),
    largeUsers:
      values.full === true || values['large-users'] !== undefined
        ? numberOf('--large-users', values['large-users'], largeUsers, fewestUsers, true)
        : null,
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
