import { firstWords, secondWords } from './completion-words.ts';
import type { CompletedCommand, CompletedOption } from './completion-words.ts';

/** A completion script for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const groups = firstWords(commands).filter((first) => secondWords(commands, first).length > 0);
  const lines = [
    '# foyer: completion for fish. Once: foyer completion fish > ~/.config/fish/completions/foyer.fish',
    'complete -c foyer -f',
    ...groups.map(
      (group) => `complete -c foyer -n __fish_use_subcommand -a ${group} -d ${quoted(secondWords(commands, group).join(', '))}`,
    ),
    ...commands.flatMap(commandLines),
  ];
  return `${lines.join('\n')}\n`;
}

/** In single quotes, where the quote and the backslash mean something. */
const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`;

function commandLines({ name, summary, options }: CompletedCommand): string[] {
  const [first = '', second] = name.split(' ');
  if (second === undefined) {
    return [
      `complete -c foyer -n __fish_use_subcommand -a ${first} -d ${quoted(summary)}`,
      ...options.map((option) => optionLine(`'__fish_seen_subcommand_from ${first}'`, option)),
    ];
  }
  const seen = `'__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}'`;
  return [
    `complete -c foyer -n '__fish_seen_subcommand_from ${first}' -a ${second} -d ${quoted(summary)}`,
    ...options.map((option) => optionLine(seen, option)),
  ];
}

function optionLine(condition: string, { flag, description, takesValue, choices }: CompletedOption): string {
  const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r -F' : '';
  return `complete -c foyer -n ${condition} -l ${flag.slice(2)} -d ${quoted(description)}${value}`;
}
