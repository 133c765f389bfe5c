import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { sayIfSlow } from './say-if-slow.ts';
import type { Surroundings } from './surroundings.ts';

export interface OptionSpec {
  type: 'string' | 'boolean';
  short?: string;
  /** What stands for the value in the help, e.g. DIR. */
  placeholder?: string;
  /** May be given more than once. */
  multiple?: true;
  /** The only values there are. */
  choices?: readonly string[];
  description: string;
}

export interface Command {
  /** One word, or two (`user show`). */
  readonly name: string;
  readonly summary: string;
  /** Operands as the help shows them, all required; one that ends with dots takes one or more words. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** More for the help: what happens, where things are kept. */
  readonly details?: string;
  run(call: Call): Promise<number>;
}

/** By option; undefined where it was not given. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One use of a command: what stood on the command line, and the surroundings. */
export class Call {
  readonly operands: readonly string[];
  readonly surroundings: Surroundings;
  readonly #values: OptionValues;

  constructor(values: OptionValues, operands: readonly string[], surroundings: Surroundings) {
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

  /** All values of an option that may be given more than once. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
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

  /** A piece of a file, as it is; resolves when there is room for more. */
  printBytes(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => void this.surroundings.stdout.write(bytes, resolve));
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** The work's own result; where it takes longer than two seconds, says what is going on. */
  async slowly<Result>(text: string, work: Promise<Result>): Promise<Result> {
    return await sayIfSlow(text, (line) => this.say(line), work);
  }

  /** A line about what goes on: not a result, so never on stdout. */
  say(line: string): void {
    this.surroundings.stderr.write(`${line}\n`);
  }
}
