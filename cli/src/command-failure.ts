import { exitCodes } from './exit-codes.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import { NoAnswerError } from '@foyer/sdk/no-answer-error.ts';

/** An expected end of a command: one clear text for stderr, and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** The failure that an error of the client stands for; undefined for what is a bug. */
export function failureOf(error: unknown): CommandFailure | undefined {
  if (error instanceof CommandFailure) return error;
  if (error instanceof NoAnswerError) {
    const text = `${error.message}\n       Is a server running there? "npx foyer serve" starts one; --server names another.`;
    return new CommandFailure(text, exitCodes.notReachable, { cause: error });
  }
  if (!(error instanceof FoyerError)) return undefined;
  if (error.status === 401) {
    return new CommandFailure(`${error.message} (log in with "npx foyer login")`, exitCodes.notAuthorised, { cause: error });
  }
  if (error.status === 403) return new CommandFailure(error.message, exitCodes.notAuthorised, { cause: error });
  if (error.status === 429 && error.retryAfterS !== null) {
    return new CommandFailure(`${error.message} (again in ${error.retryAfterS} s)`, exitCodes.failed, { cause: error });
  }
  const code = [error.errorId, error.errorCode].filter((part) => part !== null).join(' ');
  return new CommandFailure(code === '' ? error.message : `${error.message} (${code})`, exitCodes.failed, { cause: error });
}
