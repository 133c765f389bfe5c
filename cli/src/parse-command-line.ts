import { parseArgs } from 'node:util';
import type { Command, OptionSpec, OptionValues } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { nearestName } from './nearest-name.ts';

export const globalOptions: Readonly<Record<string, OptionSpec>> = {
  help: { type: 'boolean', short: 'h', description: 'show help' },
  version: { type: 'boolean', description: 'show the version' },
  json: { type: 'boolean', description: 'results as JSON, for machines' },
};

export type ParsedCommandLine =
  | { kind: 'help'; command: Command | undefined }
  /** Of all commands that begin with the same word. */
  | { kind: 'group help'; commands: readonly Command[] }
  | { kind: 'version' }
  | { kind: 'run'; command: Command; values: OptionValues; operands: string[] };

/** Throws CommandFailure (usage) for what cannot be understood, naming what was probably meant. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): ParsedCommandLine {
  const words = commandWords(argv);
  const [first = '', second] = words[0] === 'help' ? words.slice(1) : words;
  const asksForHelp = words[0] === 'help' || argv.some((argument) => argument === '--help' || argument === '-h');
  const group = commands.filter((command) => command.name.startsWith(`${first} `));
  if (asksForHelp && second === undefined && group.length > 0) return { kind: 'group help', commands: group };
  if (words[0] === 'help') return { kind: 'help', command: words.length > 1 ? findCommand(words.slice(1), commands) : undefined };
  if (words.length === 0) {
    const { values } = parseOptions(argv, globalOptions, 'foyer');
    if (values['version'] === true) return { kind: 'version' };
    if (values['help'] === true) return { kind: 'help', command: undefined };
    throw new CommandFailure('a command is missing; "foyer --help" lists them', exitCodes.usage);
  }
  const command = findCommand(words, commands);
  const after = argvAfter(argv, command.name.split(' '));
  const { values, operands } = parseOptions(after, { ...globalOptions, ...command.options }, `foyer ${command.name}`);
  if (values['help'] === true) return { kind: 'help', command };
  if (values['version'] === true) return { kind: 'version' };
  checkOperands(command, operands);
  return { kind: 'run', command, values, operands };
}

/** Words up to the first option; global flags may stand before them, none of which takes a value. */
function commandWords(argv: readonly string[]): string[] {
  const start = argv.findIndex((argument) => !argument.startsWith('-'));
  if (start === -1) return [];
  const end = argv.findIndex((argument, index) => index > start && argument.startsWith('-'));
  return argv.slice(start, end === -1 ? argv.length : end);
}

function argvAfter(argv: readonly string[], name: readonly string[]): string[] {
  const start = argv.findIndex((argument) => !argument.startsWith('-'));
  return [...argv.slice(0, start), ...argv.slice(start + name.length)];
}

function findCommand(words: readonly string[], commands: readonly Command[]): Command {
  const two = commands.find((command) => command.name === words.slice(0, 2).join(' '));
  const one = commands.find((command) => command.name === words[0]);
  const found = two ?? one;
  if (found !== undefined) return found;
  const group = commands.filter((command) => command.name.startsWith(`${words[0]} `));
  if (group.length > 0) {
    const seconds = group.map((command) => command.name.split(' ')[1] ?? '');
    const given = words[1];
    const nearest = given === undefined ? undefined : nearestName(given, seconds);
    const meant = nearest === undefined ? `there is: ${seconds.join(', ')}` : `did you mean "${words[0]} ${nearest}"?`;
    throw new CommandFailure(
      given === undefined ? `"${words[0]}" what? ${meant}` : `no command "${words[0]} ${given}"; ${meant}`,
      exitCodes.usage,
    );
  }
  const nearest = nearestName(
    words[0] ?? '',
    commands.flatMap((command) => [command.name, command.name.split(' ')[0] ?? '']),
  );
  const meant = nearest === undefined ? '"foyer --help" lists them' : `did you mean "${nearest}"?`;
  throw new CommandFailure(`no command "${words[0]}"; ${meant}`, exitCodes.usage);
}

function parseOptions(
  args: readonly string[],
  options: Readonly<Record<string, OptionSpec>>,
  where: string,
): { values: OptionValues; operands: string[] } {
  const known = parserOptions(options);
  // A first pass only to find unknown names: parseArgs names the fault, but not what was meant.
  const loose = parseArgs({ args: [...args], options: known, allowPositionals: true, strict: false, tokens: true });
  for (const token of loose.tokens) {
    if (token.kind !== 'option' || token.name in known) continue;
    const nearest = nearestName(token.name, Object.keys(known));
    const meant = nearest === undefined ? `"${where} --help" lists them` : `did you mean --${nearest}?`;
    throw new CommandFailure(`no option ${token.rawName}; ${meant}`, exitCodes.usage);
  }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: known, allowPositionals: true });
    checkChoices(values as OptionValues, options, where);
    return { values: values as OptionValues, operands: positionals };
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const text = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new CommandFailure(`${text} ("${where} --help" shows how)`, exitCodes.usage);
  }
}

function parserOptions(options: Readonly<Record<string, OptionSpec>>) {
  const entries = Object.entries(options).map(([name, { type, short, multiple = false }]) => [
    name,
    { type, multiple, ...(short === undefined ? {} : { short }) },
  ]);
  return Object.fromEntries(entries) as Record<string, { type: 'string' | 'boolean'; short?: string; multiple: boolean }>;
}

function checkChoices(values: OptionValues, options: Readonly<Record<string, OptionSpec>>, where: string): void {
  for (const [name, { choices }] of Object.entries(options)) {
    const value = values[name];
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    throw new CommandFailure(`--${name} is one of ${choices.join(', ')} ("${where} --help" shows how)`, exitCodes.usage);
  }
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const missing = command.operands[operands.length];
  if (missing !== undefined) {
    throw new CommandFailure(`${missing} is missing; "foyer ${command.name} --help" shows how`, exitCodes.usage);
  }
  if (command.operands.at(-1)?.endsWith('...') === true) return;
  const extra = operands[command.operands.length];
  if (extra !== undefined) {
    throw new CommandFailure(`"${extra}" is too much; "foyer ${command.name} --help" shows how`, exitCodes.usage);
  }
}
