import { faultCodes, mostSegmentsOfLine, noFault } from './fault-codes.ts';
import type { LineForm } from './line-form.ts';
import { LineSegments } from './line-segments.ts';
import { writeLineUser } from './line-user.ts';
import { noUse, type ParsedChunk } from './parsed-chunk.ts';
import { type LineTest, PlainLines } from './plain-lines.ts';
import type { SegmentName, SegmentTable } from './segment-table.ts';

/** Names that `unresolved` lists at most. */
export const mostUnresolved = 65_536;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads the lines of a text file (ingest.md sections 4.4 and 4.5) into columns: no object and no text is made for a line. One parser reads
 * one stretch at a time.
 */
export class LineParser {
  readonly #form: LineForm;
  readonly #table: SegmentTable;
  readonly #segments: LineSegments;
  readonly #plain: PlainLines | null;
  readonly #unresolved = new Set<number>();

  constructor(form: LineForm, table: SegmentTable) {
    this.#form = form;
    this.#table = table;
    this.#segments = new LineSegments(form, table);
    this.#plain = PlainLines.isFitting(form) ? new PlainLines(form, table) : null;
  }

  /** What the table must take before `parse` can go on: distinct names, `mostUnresolved` at most; none if `parse` took all. */
  unresolved(): SegmentName[] {
    return Array.from(this.#unresolved, (use) => this.#table.nameOf(use));
  }

  /**
   * Reads whole lines: each ends with LF, but perhaps the file's last. Stops before a line that names segments that the table does not know;
   * the caller has them resolved and goes on with the same chunk. Offsets in the chunk are those of `bytes`.
   * @param firstLine the number in the file of the line at `start`, as the tests know it; blank lines have numbers, too
   * @param isRepeat does the line repeat an earlier one exactly? Null: none does
   * @param isCut is it only the begin of a line that was too long to be kept? Null: none is
   * @returns the offset of the first byte that was not taken
   * @throws TooManySegmentNames
   */
  parse(
    bytes: Uint8Array,
    start: number,
    end: number,
    firstLine: number,
    isRepeat: LineTest | null,
    into: ParsedChunk,
    isCut: LineTest | null = null,
  ): number {
    this.#unresolved.clear();
    // Plain lines are read without looking for the end of the bytes: an LF must stand behind them.
    const plainEnd = this.#plain === null ? start : bytes.subarray(start, end).lastIndexOf(lineFeed) + 1 + start;
    const isMarked = isCut === null ? isRepeat : (line: number): boolean => markOf(line, isRepeat, isCut) !== noFault;
    const linesBefore = into.physicalLines;
    let at = start;
    while (at < end) {
      into.makeRoom();
      if (this.#plain !== null && at < plainEnd) {
        at = this.#plain.take(bytes, at, plainEnd, firstLine + into.physicalLines - linesBefore, isMarked, into);
        if (at === end) break;
        into.makeRoom();
      }
      const line = firstLine + into.physicalLines - linesBefore;
      const next = nextLine(bytes, at, end);
      if (!this.#take(bytes, at, lineEnd(bytes, at, next), markOf(line, isRepeat, isCut), into)) {
        this.#collect(bytes, at, end, line, isRepeat, into, isCut);
        break;
      }
      into.physicalLines += 1;
      at = next;
    }
    return at;
  }

  /** Takes the line up to its end, without what ends it. False where it names segments that the table does not know. */
  #take(bytes: Uint8Array, start: number, end: number, mark: number, into: ParsedChunk): boolean {
    if (end === start) return true;
    const firstFault = into.faultCount;
    const segments = this.#segments;
    const fault = segments.read(bytes, start, end, mark, into);
    const keyBytes = fault === noFault ? this.#writeUser(bytes, start, into) : 0;
    if (keyBytes > 0 && segments.unknownCount > 0) {
      into.faultCount = firstFault;
      return false;
    }
    into.lines += 1;
    if (keyBytes > 0) this.#keep(keyBytes, start, end, firstFault, into);
    else {
      into.faultCount = firstFault;
      into.addFault(Math.min(fault, faultCodes.user), start, end, noUse);
    }
    return true;
  }

  /** Notes the unknown names of lines that are well-formed, from this one on; nothing of them is kept. */
  #collect(
    bytes: Uint8Array,
    start: number,
    end: number,
    firstLine: number,
    isRepeat: LineTest | null,
    into: ParsedChunk,
    isCut: LineTest | null,
  ): void {
    const firstFault = into.faultCount;
    const segments = this.#segments;
    let at = start;
    for (let line = firstLine; at < end && this.#unresolved.size + mostSegmentsOfLine <= mostUnresolved; line++) {
      const next = nextLine(bytes, at, end);
      const fault = segments.read(bytes, at, lineEnd(bytes, at, next), markOf(line, isRepeat, isCut), into);
      into.faultCount = firstFault;
      if (fault === noFault && segments.unknownCount > 0 && this.#writeUser(bytes, at, into) > 0)
        for (let unknown = 0; unknown < segments.unknownCount; unknown++) this.#unresolved.add(segments.addUnknown(unknown, bytes));
      at = next;
    }
  }

  /** Behind the keys of the chunk. Answers the key's length, 0 for a malformed user. */
  #writeUser(bytes: Uint8Array, start: number, into: ParsedChunk): number {
    const { domain, userEnd } = this.#segments;
    return writeLineUser(this.#form, domain, bytes, start, userEnd, into.keys, into.keyEnd);
  }

  #keep(keyBytes: number, start: number, end: number, firstFault: number, into: ParsedChunk): void {
    const { operationEnd, kept } = this.#segments;
    let user: number;
    if (operationEnd > into.operationCount) {
      user = into.userCount;
      into.addUser(keyBytes, operationEnd, start, end, kept);
    } else {
      user = ~into.idleCount;
      into.addIdle(keyBytes, start, end, kept);
    }
    for (let fault = firstFault; fault < into.faultCount; fault++) into.faultUser[fault] = user;
  }
}

/** The fault that the line has for what is known of it from outside. */
function markOf(line: number, isRepeat: LineTest | null, isCut: LineTest | null): number {
  if (isCut !== null && isCut(line)) return faultCodes.tooMany;
  return isRepeat !== null && isRepeat(line) ? faultCodes.repeat : noFault;
}

function nextLine(bytes: Uint8Array, start: number, end: number): number {
  const feed = bytes.indexOf(lineFeed, start);
  return feed < 0 || feed >= end ? end : feed + 1;
}

/** Without LF or CRLF. */
function lineEnd(bytes: Uint8Array, start: number, next: number): number {
  let end = next;
  if (end > start && bytes[end - 1] === lineFeed) end -= 1;
  return end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
}
