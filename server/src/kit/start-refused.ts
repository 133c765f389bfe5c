/** Exit codes of the server; docs/runbooks/exit-codes.md says what to do about each. */
export const exitCodes = {
  bug: 1,
  usage: 2,
  portInUse: 3,
  inUse: 4,
  notWritable: 5,
  damaged: 6,
  testPasswords: 7,
  databaseUnavailable: 8,
  otherCatalog: 9,
} as const;

/** What was asked of the process cannot be: one line for the operator and the code to exit with. */
export class StartRefused extends Error {
  readonly code: number;
  constructor(code: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
