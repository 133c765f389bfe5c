/** The table of docs/access.md, as the test of every route reads it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who calls, in the order of the table's columns. `nobody` sends no token. */
export const callers = ['nobody', 'another member', 'viewer', 'owner', 'admin'] as const;
export type Caller = (typeof callers)[number];

/** Addresses that answer everybody alike. */
export interface AccessRow {
  readonly operation: string;
  /** Without its addresses: all those that no other row of the operation names. */
  readonly paths: readonly string[];
  readonly method: string;
  /** The member's minute in which it counts; none: in none. */
  readonly counts: 'read' | 'write' | 'none';
  /** The token may stand in the query. */
  readonly tokenInQuery: boolean;
  /** What each gets: 200, 404, or an error id. */
  readonly outcomes: Readonly<Record<Caller, string>>;
}

const page = join(import.meta.dirname, '..', '..', 'docs', 'access.md');

/** Rows whose first cell is an operation's name in backticks; cells may say more behind their first word. */
export function readAccessTable(): readonly AccessRow[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  return lines.filter((line) => /^\| `\w+` \|/.test(line)).map(readRow);
}

function readRow(line: string): AccessRow {
  const cells = line.split('|').slice(1, -1);
  const [operation = '', routes = '', counts = '', ...outcomes] = cells.map((cell) => cell.trim());
  const [first = '', ...others] = [...routes.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  const [method = '', path] = first.split(' ');
  if (outcomes.length !== callers.length) throw new Error(`docs/access.md: ${operation} has not one cell for each caller`);
  const [kind = '', ...more] = counts.split(', ');
  if (kind !== 'read' && kind !== 'write' && kind !== 'none') throw new Error(`docs/access.md: ${operation} counts as '${kind}'`);
  return {
    operation: operation.replaceAll('`', ''),
    method,
    paths: path === undefined ? [] : [path, ...others],
    counts: kind,
    tokenInQuery: more.includes('query'),
    outcomes: Object.fromEntries(callers.map((caller, at) => [caller, firstWord(outcomes[at] ?? '')])) as Record<Caller, string>,
  };
}

const firstWord = (cell: string): string => cell.split(/[ ,]/)[0] ?? '';
