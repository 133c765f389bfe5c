/** One file of memberships for the batch service, and the same memberships as rows of a table: written in pieces, whatever their size. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { databaseUserId } from '../peers/postgres-profiles.ts';
import { segmentIds, userIdOf } from './audience.ts';

/** Different segments on each line. */
export const segmentsPerLine = 5;
/** Of all memberships. */
export const loadedMinutes = 43_200;
/** Segments that the file names. */
const distinctSegments = 200;
/** Without a divisor that `distinctSegments` has: the segments of a line differ. */
const stride = 37;
const linesPerPiece = 20_000;

/** The segments of the line with this number. */
export const segmentsOfLine = (line: number): number[] =>
  Array.from({ length: segmentsPerLine }, (_, at) => segmentIds[(line * 7 + at * stride) % distinctSegments] ?? 0);

/** `USER;SEG:MINUTES,…`, one line for each user of the audience: the default format of a member. Answers the memberships in it. */
export function writeLoadFile(path: string, lines: number): number {
  writePieces(path, lines, (line) => `${userIdOf(line)};${segmentsOfLine(line).map(pairOf).join()}\n`);
  return lines * segmentsPerLine;
}

/** The same as COPY of PostgreSQL reads it: a row for each membership, of user and segment. */
export function writeRowsFile(path: string, lines: number): void {
  writePieces(path, lines, (line) => {
    const user = databaseUserId(userIdOf(line));
    return segmentsOfLine(line)
      .map((segment) => `${user}\t${segment}\n`)
      .join('');
  });
}

const pairOf = (segment: number): string => `${segment}:${loadedMinutes}`;

function writePieces(path: string, lines: number, textOf: (line: number) => string): void {
  const file = openSync(path, 'w', 0o644);
  try {
    for (let first = 0; first < lines; first += linesPerPiece) {
      const count = Math.min(linesPerPiece, lines - first);
      writeSync(file, Array.from({ length: count }, (_, at) => textOf(first + at)).join(''));
    }
  } finally {
    closeSync(file);
  }
}
