import type { Call } from './command.ts';
import { exitCodes } from './exit-codes.ts';

/** One object: a line for each field, or as JSON. Answers the exit code. */
export function printObject(call: Call, object: object): number {
  if (call.json) {
    call.printJson(object);
    return exitCodes.ok;
  }
  const fields = Object.entries(object);
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) call.print(`${name.padEnd(width)}  ${cellText(value)}`);
  return exitCodes.ok;
}

/** What was made or changed: one line, or the object as JSON. What the server passed over is said beside it. */
export function printDone(call: Call, answer: object, object: object, text: string): number {
  for (const warning of warningsOf(answer)) call.say(`foyer: the server says: ${warning}`);
  if (call.json) call.printJson(object);
  else call.print(text);
  return exitCodes.ok;
}

function warningsOf(answer: object): readonly string[] {
  const debug = 'dbg_info' in answer ? answer.dbg_info : undefined;
  const warnings = typeof debug === 'object' && debug !== null && 'warnings' in debug ? debug.warnings : undefined;
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [];
}

/** A field's value in a table: nothing for null, other objects as JSON. Control characters would play with the terminal. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
