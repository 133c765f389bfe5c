import { firstWords, secondWords } from './completion-words.ts';
import type { CompletedCommand, CompletedOption } from './completion-words.ts';

/** A completion script for zsh. Values that are not known are completed as file names. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const groups = firstWords(commands).filter((first) => secondWords(commands, first).length > 0);
  const singles = commands.filter(({ name }) => !name.includes(' '));
  return `#compdef foyer
# foyer: completion for zsh. Once: foyer completion zsh > "\${fpath[1]}/_foyer"; or in ~/.zshrc: source <(foyer completion zsh)
_foyer() {
  local -a words_of
  if (( CURRENT == 2 )); then
    words_of=(
${[...singles.map(({ name, summary }) => described(name, summary)), ...groups.map((group) => described(group, `${secondWords(commands, group).join(', ')} …`))].map((line) => `      ${line}`).join('\n')}
    )
    _describe command words_of
    return
  fi
  local command=$words[2]
  case $command in
    ${groups.join('|')})
      if (( CURRENT == 3 )); then
        case $command in
${groups.map((group) => groupCase(commands, group)).join('\n')}
        esac
        _describe command words_of
        return
      fi
      command="$words[2] $words[3]"
      shift words
      (( CURRENT-- ))
      ;;
  esac
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _foyer ]]; then _foyer "$@"; else compdef _foyer foyer; fi
`;
}

/** In single quotes, where only the quote itself means anything. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const described = (word: string, text: string): string => quoted(`${word}:${text.replaceAll(':', '\\:')}`);

function groupCase(commands: readonly CompletedCommand[], group: string): string {
  const lines = commands
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name, summary }) => described(name.slice(group.length + 1), summary));
  return `          ${group}) words_of=( ${lines.join(' ')} ) ;;`;
}

const commandCase = ({ name, options }: CompletedCommand): string =>
  `    ${quoted(name)}) _arguments ${options.map(argument).join(' ')} '*:file:_files' ;;`;

function argument({ flag, description, takesValue, choices }: CompletedOption): string {
  const text = description.replaceAll(/[[\]\\:]/g, (character) => `\\${character}`);
  const values = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : '';
  return quoted(`*${flag}[${text}]${values}`);
}
