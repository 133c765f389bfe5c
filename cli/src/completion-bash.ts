import { firstWords, secondWords } from './completion-words.ts';
import type { CompletedCommand } from './completion-words.ts';

/** A completion script for bash 4 and newer. Values that are not known are completed as file names. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const firsts = firstWords(commands);
  const groups = firsts.filter((first) => secondWords(commands, first).length > 0);
  return `# foyer: completion for bash. In ~/.bashrc: source <(foyer completion bash)
_foyer() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} choices=
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=( $(compgen -W "${firsts.join(' ')} --help --version" -- "$cur") )
    return
  fi
  case $command in
    ${groups.join('|')}) command="$command \${COMP_WORDS[2]}" ;;
  esac
  if (( COMP_CWORD == 2 )); then
    case \${COMP_WORDS[1]} in
${groups.map((group) => `      ${group}) COMPREPLY=( $(compgen -W "${secondWords(commands, group).join(' ')} --help" -- "$cur") ); return ;;`).join('\n')}
    esac
  fi
  case "$command $prev" in
${commands.flatMap(valueLines).join('\n')}
  esac
  if [[ -n $choices ]]; then
    COMPREPLY=( $(compgen -W "$choices" -- "$cur") )
    return
  fi
  [[ $cur == -* ]] || return
  case $command in
${commands.map(({ name, options }) => `    "${name}") choices="${options.map(({ flag }) => flag).join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=( $(compgen -W "$choices" -- "$cur") )
}
complete -o default -F _foyer foyer
`;
}

function valueLines({ name, options }: CompletedCommand): string[] {
  const choosing = options.filter(({ choices }) => choices.length > 0);
  const open = options.filter(({ takesValue, choices }) => takesValue && choices.length === 0);
  const pattern = (flags: readonly { readonly flag: string }[]): string => flags.map(({ flag }) => `"${name} ${flag}"`).join('|');
  return [
    ...choosing.map((option) => `    "${name} ${option.flag}") choices="${option.choices.join(' ')}" ;;`),
    ...(open.length === 0 ? [] : [`    ${pattern(open)}) return ;;`]),
  ];
}
