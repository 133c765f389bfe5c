import type { Command, OptionSpec } from './command.ts';
import { exitCodeTexts } from './exit-codes.ts';
import { globalOptions } from './parse-command-line.ts';

export function overviewText(commands: readonly Command[]): string {
  return [
    'foyer: the open audience exchange',
    '',
    'Usage: foyer COMMAND [OPTIONS]',
    '',
    'Commands',
    ...commandLines(commands),
    '',
    'Everywhere',
    ...optionLines(globalOptions),
    '',
    'Exit codes (serve has its own, see "foyer serve --help")',
    ...exitCodeTexts.map(([code, text]) => `  ${String(code).padStart(2)}  ${text}`),
    '',
    'Environment',
    '  FOYER_DATA    the data directory (--data; default ./data)',
    '  FOYER_SERVER  the server to talk to (--server; default: where you logged in last, else http://127.0.0.1:8080)',
    '',
    '"foyer COMMAND --help" tells more, with examples.',
  ].join('\n');
}

/** `foyer segment --help` */
export const groupHelpText = (commands: readonly Command[]): string =>
  [...commandLines(commands), '', '"foyer COMMAND --help" tells more, with examples.'].join('\n');

function commandLines(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map((command) => signature(command).length));
  return commands.map((command) => `  ${signature(command).padEnd(width)}  ${command.summary}`);
}

export function commandHelpText(command: Command): string {
  const lines = [`foyer ${command.name}: ${command.summary}`, '', `Usage: foyer ${signature(command)} [OPTIONS]`];
  if (command.details !== undefined) lines.push('', command.details);
  lines.push('', 'Options', ...optionLines({ ...command.options, ...commandOptions }));
  lines.push('', 'Examples', ...command.examples.map((line) => `  ${line}`));
  return lines.join('\n');
}

/** `--version` is about foyer as a whole. */
const { version: _version, ...commandOptions } = globalOptions;

const signature = (command: Command): string => [command.name, ...command.operands].join(' ');

function optionLines(options: Readonly<Record<string, OptionSpec>>): string[] {
  const named = Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `;
    const value = option.type === 'string' ? ` ${option.choices?.join('|') ?? option.placeholder ?? 'VALUE'}` : '';
    return { left: `${short}--${name}${value}`, description: option.description };
  });
  const width = Math.max(...named.map(({ left }) => left.length));
  return named.map(({ left, description }) => `  ${left.padEnd(width)}  ${description}`);
}
