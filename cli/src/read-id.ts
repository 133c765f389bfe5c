import type { Call } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';

/** The command's ID. Throws CommandFailure (usage) for what is no id. */
export const idOf = (call: Call): number => readId(call.operands[0] ?? '', 'ID');

/** All of `ID...`. */
export const idsOf = (call: Call): number[] => call.operands.map((text) => readId(text, 'ID'));

/** The value of an option that is an id; undefined where it was not given. */
export function optionId(call: Call, name: string): number | undefined {
  const text = call.text(name);
  return text === undefined ? undefined : readId(text, `--${name}`);
}

/** The same, and it must be there. */
export function requiredId(call: Call, name: string): number {
  const id = optionId(call, name);
  if (id === undefined) throw new CommandFailure(`--${name} is missing`, exitCodes.usage);
  return id;
}

/** `12,15` */
export function optionIds(call: Call, name: string): number[] | undefined {
  const text = call.rawText(name);
  if (text === undefined) return undefined;
  return text === '' ? [] : text.split(',').map((part) => readId(part.trim(), `--${name}`));
}

function readId(text: string, what: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(id) && id > 0) return id;
  throw new CommandFailure(`${what} is a number, not "${text}"; the list commands show ids`, exitCodes.usage);
}
