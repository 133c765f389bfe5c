/** The table of docs/privacy.md, as its test reads it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One case of one signal, with an example of a call that is it. */
export interface PrivacyRow {
  readonly signal: string;
  readonly case: string;
  /** A raw query; empty where the example is a header. */
  readonly query: string;
  readonly secGpc: string | undefined;
  /** FOYER_TCF_VENDOR_ID; 0 where the example names none. */
  readonly vendorId: number;
  /** `allowed`, or `denied: ` and the word of the signal. */
  readonly sync: string;
  readonly memberships: string;
}

const page = join(import.meta.dirname, '..', '..', 'docs', 'privacy.md');
const columns = '| signal | case | example | sync | memberships |';

export function readPrivacyTable(): readonly PrivacyRow[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const begin = lines.indexOf(columns) + 2;
  if (begin < 2) throw new Error(`docs/privacy.md has no table with the columns ${columns}`);
  const end = lines.findIndex((line, at) => at >= begin && !line.startsWith('|'));
  return lines.slice(begin, end).map(readRow);
}

function readRow(line: string): PrivacyRow {
  const cells = line.split('|').slice(1, -1);
  const [signal = '', name = '', example = '', sync = '', memberships = ''] = cells.map((cell) => cell.trim());
  if (cells.length !== 5) throw new Error(`docs/privacy.md: not five cells in ${line}`);
  const spans = [...example.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  const after = (front: string): string | undefined => spans.find((span) => span.startsWith(front))?.slice(front.length);
  const [secGpc, vendor] = [after('Sec-GPC: '), after('FOYER_TCF_VENDOR_ID=')];
  const query = spans.find((span) => /^[a-z_]+=/.test(span)) ?? '';
  if (query === '' && secGpc === undefined) throw new Error(`docs/privacy.md: no example of ${signal}, ${name}`);
  return { signal, case: name, query, secGpc, vendorId: Number(vendor ?? 0), sync, memberships };
}
