import { fold } from '../../kit/fold.ts';
import { CsvFault, type CsvDetail } from './csv-fault.ts';

/** A column that a file may have. */
export interface ExpectedColumn {
  readonly name: string;
  /** A file without this column is refused. */
  readonly isIdentifier: boolean;
}

/**
 * Finds the declared columns in a header (exchange.md section 3 rule 2): names compared ignoring case, each at most once, in any order.
 * @returns for each declared column where it stands in the file, -1 where the file does not have it
 * @throws CsvFault with every problem found
 */
export function readHeader(names: readonly (string | null)[], declared: readonly ExpectedColumn[]): number[] {
  const expected = new Map(declared.map(({ name }, index) => [fold(name), index]));
  const places = declared.map(() => -1);
  const problems: CsvDetail[] = [];
  for (const [at, name] of names.entries()) {
    const field = `column ${at + 1}`;
    const index = expected.get(fold(name ?? ''));
    if (name === null || name === '') problems.push({ field, message: 'has no name' });
    else if (index === undefined) problems.push({ field, message: `'${shortened(name)}' is not declared for this audience` });
    else if ((places[index] ?? -1) >= 0) problems.push({ field, message: `'${shortened(name)}' stands there twice` });
    else places[index] = at;
  }
  for (const [index, { name, isIdentifier }] of declared.entries()) {
    if (isIdentifier && places[index] === -1) problems.push({ field: 'header', message: `the identifier '${shortened(name)}' is missing` });
  }
  const [first] = problems;
  if (first === undefined) return places;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new CsvFault('INVALID_CSV', `The header of line 1 is wrong: ${first.field}: ${first.message}${more}.`, problems);
}

/** Names in messages are as long as they may be in reason. */
const shortened = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}…` : name);
