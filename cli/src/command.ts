import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';
import type { Surroundings } from './surroundings.ts';

export interface OptionSpec {
  type: 'string' | 'boolean';
  short?: string;
  /** What stands for the value in the help, e.g. DIR. */
  placeholder?: string;
  description: string;
}

export interface Command {
  /** One word, or two (`user show`). */
  readonly name: string;
  readonly summary: string;
  /** Operands as the help shows them; required ones in capitals. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** More for the help: what happens, where things are kept. */
  readonly details?: string;
  run(call: Call): Promise<number>;
}

/** One use of a command: what stood on the command line, and the surroundings. */
export class Call {
  readonly operands: readonly string[];
  readonly surroundings: Surroundings;
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;

  constructor(values: Readonly<Record<string, string | boolean | undefined>>, operands: readonly string[], surroundings: Surroundings) {
    this.#values = values;
    this.operands = operands;
    this.surroundings = surroundings;
  }

  /** Undefined where the option was not given. An empty text is never meant: a variable in a script was not set. */
  text(name: string): string | undefined {
    const value = this.rawText(name);
    if (value === '') throw new CommandFailure(`--${name} needs a value`, exitCodes.usage);
    return value;
  }

  rawText(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  get json(): boolean {
    return this.flag('json');
  }

  /** A line of results. */
  print(line = ''): void {
    this.surroundings.stdout.write(`${line}\n`);
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** A line about what goes on: not a result, so never on stdout. */
  say(line: string): void {
    this.surroundings.stderr.write(`${line}\n`);
  }
}
