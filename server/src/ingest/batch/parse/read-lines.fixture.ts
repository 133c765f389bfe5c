/** Reads a text with a LineParser as a job does, and tells what the columns hold in the words of the slow twin. */
import { Buffer } from 'node:buffer';
import { faultCodes } from './fault-codes.ts';
import type { LineForm } from './line-form.ts';
import { LineParser } from './line-parser.ts';
import type { LineTest } from './plain-lines.ts';
import { noUse, noUser, ParsedChunk, type ParsedColumns } from './parsed-chunk.ts';
import { type FaultName, nameText, type ReadLines, type ReadUser, type Resolve } from './slow-lines.fixture.ts';
import { SegmentTable } from './segment-table.ts';

export interface Reading {
  readonly isRepeat?: LineTest;
  readonly isCut?: LineTest;
  /** Lines for each call of `parse`; the last one for all that are left. Default: everything at once. */
  readonly linesPerCall?: readonly number[];
  /** Before the call with that number: does the catalog change? */
  readonly forgets?: (call: number) => boolean;
}

const lineFeed = 0x0a;

/** @param text Latin-1 */
export function readLines(text: string, form: LineForm, resolve: Resolve, reading: Reading = {}): ReadLines {
  // Something stands around the lines, as in a buffer that holds more of a file.
  const before = Buffer.from('7;', 'latin1');
  const bytes = Buffer.concat([before, Buffer.from(text, 'latin1'), Buffer.from('8', 'latin1')]);
  const end = bytes.length - 1;
  const table = new SegmentTable();
  const parser = new LineParser(form, table);
  const chunk = new ParsedChunk();
  let at = before.length;
  for (let call = 0; at < end; call++) {
    const to = endOfLines(bytes, at, end, reading.linesPerCall?.[call] ?? Number.POSITIVE_INFINITY);
    if (reading.forgets?.(call) === true) table.forget();
    while (at < to) at = readOn(parser, table, chunk, bytes, at, to, resolve, reading);
  }
  return toldOf(chunk, bytes, table);
}

function readOn(
  parser: LineParser,
  table: SegmentTable,
  chunk: ParsedChunk,
  bytes: Uint8Array,
  at: number,
  to: number,
  resolve: Resolve,
  { isRepeat, isCut }: Reading,
): number {
  const linesBefore = chunk.physicalLines;
  const next = parser.parse(bytes, at, to, 1 + linesBefore, isRepeat ?? null, chunk, isCut ?? null);
  const names = parser.unresolved();
  if (next < to !== names.length > 0) throw new Error('it stops where names are unknown, and only there');
  if (new Set(names.map(nameText)).size < names.length) throw new Error('a name is asked for twice');
  if (names.some((name) => typeof name.id === 'string')) throw new Error('no segment can have this id');
  table.take(names.map((name) => ({ name, ...resolve(name) })));
  return next;
}

function endOfLines(bytes: Uint8Array, start: number, end: number, lines: number): number {
  let at = start;
  for (let line = 0; line < lines && at < end; line++) {
    const feed = bytes.indexOf(lineFeed, at);
    at = feed < 0 || feed >= end ? end : feed + 1;
  }
  return at;
}

const faultNames = Object.keys(faultCodes) as FaultName[];
const userText = (user: number): string => (user === noUser ? '' : user >= 0 ? `user ${user}` : `idle ${~user}`);

export function toldOf(columns: ParsedColumns, bytes: Uint8Array, table: SegmentTable): ReadLines {
  const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  const name = (use: number): string => (use === noUse ? '' : nameText(table.nameOf(use)));
  const at = (column: ArrayLike<number>, index: number): number => column[index] ?? NaN;
  const c = columns;
  const operation = (index: number) => ({
    segment: at(c.operations, index * 4),
    value: at(c.operations, index * 4 + 1),
    addedAtS: at(c.operations, index * 4 + 2),
    lifetime: at(c.operations, index * 4 + 3),
    name: name(at(c.operationUses, index)),
  });
  const users = Array.from({ length: c.userCount }, (_, user): ReadUser => {
    const first = user === 0 ? 0 : at(c.userOperationEnds, user - 1);
    return {
      key: Buffer.from(c.keys.subarray(user === 0 ? 0 : at(c.userKeyEnds, user - 1), at(c.userKeyEnds, user))).toString('latin1'),
      line: at(c.userLine, user),
      text: text(at(c.userStart, user), at(c.userEnd, user)),
      kept: at(c.userKept, user),
      operations: Array.from({ length: at(c.userOperationEnds, user) - first }, (_each, more) => operation(first + more)),
    };
  });
  const idle = Array.from({ length: c.idleCount }, (_, user): ReadUser => ({
    key: Buffer.from(c.idleKeys.subarray(user === 0 ? 0 : at(c.idleKeyEnds, user - 1), at(c.idleKeyEnds, user))).toString('latin1'),
    line: at(c.idleLine, user),
    text: text(at(c.idleStart, user), at(c.idleEnd, user)),
    kept: at(c.idleKept, user),
    operations: [],
  }));
  const faults = Array.from({ length: c.faultCount }, (_, fault) => ({
    fault: faultNames.find((known) => faultCodes[known] === at(c.faultCode, fault)) ?? 'fields',
    line: at(c.faultLine, fault),
    text: text(at(c.faultStart, fault), at(c.faultEnd, fault)),
    name: name(at(c.faultUse, fault)),
    of: userText(at(c.faultUser, fault)),
  }));
  return { physicalLines: c.physicalLines, lines: c.lines, users, idle, faults };
}
