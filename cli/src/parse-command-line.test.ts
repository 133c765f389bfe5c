import { describe, expect, it } from 'vitest';
import type { Command } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { parseCommandLine } from './parse-command-line.ts';

const command = (name: string, operands: string[]): Command => ({
  name,
  summary: '',
  operands,
  options: { server: { type: 'string', description: '' }, reset: { type: 'boolean', short: 'r', description: '' } },
  examples: [],
  run: async () => 0,
});

const commands = [command('serve', []), command('curl', ['PATH']), command('user show', ['ID'])];
const parse = (line: string) =>
  parseCommandLine(
    line.split(' ').filter((word) => word !== ''),
    commands,
  );

function refusalOf(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error(`"${line}" was not refused`);
}

describe('a command line that is understood', () => {
  it('gives the command, its options and its operands, wherever the options stand', () => {
    const expected = { kind: 'run', command: commands[1], values: { server: 'http://x', reset: true }, operands: ['/segment'] };
    expect(parse('curl /segment --server http://x -r')).toEqual(expected);
    expect(parse('curl -r --server=http://x /segment')).toEqual(expected);
  });

  it('gives the commands that begin with a word where help is asked for after it', () => {
    for (const line of ['user --help', 'user -h', 'help user'])
      expect(parse(line)).toEqual({ kind: 'group help', commands: [commands[2]] });
    expect(parse('user show --help')).toEqual({ kind: 'help', command: commands[2] });
    expect(parse('help serve')).toEqual({ kind: 'help', command: commands[0] });
  });

  it('takes commands of two words', () => {
    expect(parse('user show 7652')).toMatchObject({ command: commands[2], operands: ['7652'] });
  });

  it('takes global flags before the command', () => {
    expect(parse('--json serve')).toMatchObject({ command: commands[0], values: { json: true } });
  });

  it('takes what stands after -- as operands', () => {
    expect(parse('curl -- --x')).toMatchObject({ operands: ['--x'] });
  });

  it.each(['--help', '-h', 'help'])('%s alone asks for the overview', (line) => {
    expect(parse(line)).toEqual({ kind: 'help', command: undefined });
  });

  it.each(['curl --help', 'help curl', 'curl -h /x', '--help curl'])(
    '%s asks for the help of curl, its operands missing or not',
    (line) => {
      expect(parse(line)).toEqual({ kind: 'help', command: commands[1] });
    },
  );

  it('answers --version', () => {
    expect(parse('--version')).toEqual({ kind: 'version' });
  });
});

describe('a command line that is not understood names what was probably meant', () => {
  it.each([
    ['', 'a command is missing; "foyer --help" lists them'],
    ['servee', 'no command "servee"; did you mean "serve"?'],
    ['frobnicate', 'no command "frobnicate"; "foyer --help" lists them'],
    ['user', '"user" what? there is: show'],
    ['user shwo 1', 'no command "user shwo"; did you mean "user show"?'],
    ['serve --rest', 'no option --rest; did you mean --reset?'],
    ['serve --qqqqqqqq', 'no option --qqqqqqqq; "foyer serve --help" lists them'],
    ['serve -q', 'no option -q; "foyer serve --help" lists them'],
    ['--jsn', 'no option --jsn; did you mean --json?'],
    ['curl', 'PATH is missing; "foyer curl --help" shows how'],
    ['curl /a /b', '"/b" is too much; "foyer curl --help" shows how'],
  ])('"%s": %s', (line, text) => {
    expect(refusalOf(line)).toBe(text);
  });

  it('tells a missing value and a value too many', () => {
    expect(refusalOf('serve --server')).toContain("'--server <value>' argument missing");
    expect(refusalOf('serve --reset=yes')).toContain("'-r, --reset' does not take an argument");
  });
});
