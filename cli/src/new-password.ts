import { askHidden, readPasswordFromStdin } from './ask-password.ts';
import type { Call, OptionSpec } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { randomPassword } from './demo/random-password.ts';
import { exitCodes } from './exit-codes.ts';

export const passwordOptions: Readonly<Record<string, OptionSpec>> = {
  'password-stdin': { type: 'boolean', description: 'read the password from stdin instead of asking for it' },
  'random-password': { type: 'boolean', description: 'make one at random, and print it this once' },
};

export interface NewPassword {
  readonly password: string;
  /** It was made here, so nobody knows it yet. */
  readonly random: boolean;
}

/** Asked for twice on a terminal, since what is typed is not shown. */
export async function newPasswordOf(call: Call, username: string): Promise<NewPassword> {
  if (call.flag('random-password')) return { password: randomPassword(), random: true };
  if (call.flag('password-stdin')) return { password: await readPasswordFromStdin(call.surroundings), random: false };
  if (call.surroundings.stdin.isTTY !== true) {
    throw new CommandFailure('stdin is no terminal to ask for the password on; --password-stdin or --random-password', exitCodes.usage);
  }
  const password = await askHidden(`New password of ${username}: `, call.surroundings);
  const again = await askHidden('The same again: ', call.surroundings);
  if (password !== again) throw new CommandFailure('the two passwords differ; nothing was changed');
  return { password, random: false };
}
