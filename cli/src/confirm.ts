import { askShown } from './ask-password.ts';
import type { Call, OptionSpec } from './command.ts';
import { CommandFailure } from './command-failure.ts';

export const yesOption: OptionSpec = { type: 'boolean', short: 'y', description: 'do not ask' };

/** Asks before something is lost. A program is not asked: it has no terminal. Throws CommandFailure where the answer is not yes. */
export async function confirm(call: Call, question: string): Promise<void> {
  if (call.flag('yes') || call.surroundings.stdin.isTTY !== true) return;
  const answer = await askShown(`${question} (yes/no) `, call.surroundings);
  if (!['y', 'yes'].includes(answer.trim().toLowerCase())) throw new CommandFailure('nothing was done');
}
