import type { Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { bashCompletion } from '../completion-bash.ts';
import { fishCompletion } from '../completion-fish.ts';
import { completedCommands } from '../completion-words.ts';
import { zshCompletion } from '../completion-zsh.ts';
import { exitCodes } from '../exit-codes.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
const isShell = (text: string): text is keyof typeof scripts => Object.hasOwn(scripts, text);

/** `commands`: the table that this command stands in itself. */
export const completion = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  summary: 'print a script that completes foyer commands in your shell',
  operands: ['SHELL'],
  options: {},
  examples: [
    'source <(foyer completion bash)',
    'foyer completion zsh > "${fpath[1]}/_foyer"',
    'foyer completion fish > ~/.config/fish/completions/foyer.fish',
  ],
  details: 'SHELL is bash, zsh or fish. The script completes the command "foyer": install it, or make an alias of "npx foyer".',
  run: async (call) => {
    const [shell = ''] = call.operands;
    if (!isShell(shell)) throw new CommandFailure(`"${shell}" is none of ${Object.keys(scripts).join(', ')}`, exitCodes.usage);
    call.surroundings.stdout.write(scripts[shell](completedCommands(commands())));
    return exitCodes.ok;
  },
});
