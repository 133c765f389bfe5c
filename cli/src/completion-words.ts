import type { Command, OptionSpec } from './command.ts';
import { globalOptions } from './parse-command-line.ts';

/** What can stand after a command's words. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
}

export interface CompletedOption {
  readonly flag: string;
  readonly description: string;
  /** It is followed by a value. */
  readonly takesValue: boolean;
  /** The only values there are; empty where any is. */
  readonly choices: readonly string[];
}

export const completedCommands = (commands: readonly Command[]): readonly CompletedCommand[] =>
  commands.map(({ name, summary, options }) => ({
    name,
    summary,
    options: Object.entries({ ...options, ...globalOptions }).map(([option, spec]) => completedOption(option, spec)),
  }));

const completedOption = (name: string, { type, description, choices = [] }: OptionSpec): CompletedOption => ({
  flag: `--${name}`,
  description,
  takesValue: type === 'string',
  choices,
});

/** The first words of all commands, each once, in order. */
export const firstWords = (commands: readonly CompletedCommand[]): readonly string[] => [
  ...new Set(commands.map(({ name }) => name.split(' ')[0] ?? '')),
];

/** The second words of the commands that begin with this one. */
export const secondWords = (commands: readonly CompletedCommand[], first: string): readonly string[] =>
  commands.flatMap(({ name }) => {
    const [begin, second] = name.split(' ');
    return begin === first && second !== undefined ? [second] : [];
  });
