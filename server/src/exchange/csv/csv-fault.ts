/** Where in a file the fault is, as far as it can be said: both count from 1, the column in characters. */
export interface CsvPlace {
  readonly line: number;
  readonly column?: number;
}

/** One thing that is wrong with a file, as answers show it. */
export interface CsvDetail {
  readonly field: string;
  readonly message: string;
}

/** A whole file cannot be taken (exchange.md sections 2.7 and 3): nothing of it is kept. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
  readonly code: 'INVALID_CSV' | 'TOO_LARGE';
  readonly details: readonly CsvDetail[];

  constructor(code: CsvFault['code'], message: string, details: readonly CsvDetail[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Text that breaks RFC 4180. */
export function malformed({ line, column }: CsvPlace, text: string): CsvFault {
  const field = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
  return new CsvFault('INVALID_CSV', `Malformed CSV at ${field}: ${text}.`, [{ field, message: text }]);
}

/** Text over a limit. */
export const overLimit = (text: string): CsvFault => new CsvFault('TOO_LARGE', text);
