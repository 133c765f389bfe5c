import { readUserDigits, UserIdHalves } from '../../../identity/read-user-id.ts';
import type { SegmentFieldName } from '../../../members/ingest-settings.ts';
import { longestSegmentMinutes } from '../../../segments/segment.ts';
import { encodeUserId, userKeyBytes } from '../../../profiles/identifier-key.ts';
import { removal } from '../../../profiles/operation-batch.ts';
import { mostSegmentsOfLine } from './fault-codes.ts';
import { lifetimeOf, notKept, unsent } from './lifetime-of.ts';
import type { LineForm } from './line-form.ts';
import type { ParsedChunk } from './parsed-chunk.ts';
import { hashOfId, type SegmentTable, stateCodes } from './segment-table.ts';

/** Is it so of the line with this number in the file? */
export type LineTest = (line: number) => boolean;

const zero = 0x30;
const nine = 0x39;
const one = 0x31;
const hyphen = 0x2d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** So many digits make a number below 2^30. */
const mostDigits = 9;
/** In place of an offset: the line is not plain. */
const notPlain = -1;
/** As a separator: it is unset. */
const unset = -1;

// Constants of this module are known to the compiler, imported ones are not.
const mostOfLine = mostSegmentsOfLine;
const longest = longestSegmentMinutes;
const removalMark = removal;
const usable = stateCodes.usable;
const notSent = unsent;
const notWritten = notKept;
const hash = hashOfId;
const keyBytes = userKeyBytes;

const plainFields: readonly SegmentFieldName[] = ['SEG_ID', 'EXPIRATION', 'VALUE'];

/**
 * The fast way for the lines that nearly all files consist of: a user id, then segments by id and without timestamps, all of them usable. It
 * touches the bytes of segments once and takes a line whole or not at all; what is in any way special is left to LineSegments.
 *
 * Written for the compiler: `| 0` tells it that a number is a plain integer, and what the loops need stands in variables. Both were measured.
 */
export class PlainLines {
  readonly #table: SegmentTable;
  readonly #nowS: number;
  readonly #defaultExpiration: number;
  readonly #userSeparator: number;
  readonly #segmentSeparator: number;
  readonly #fieldSeparator: number;
  readonly #fieldCount: number;
  /** Behind the id: 1, 2 or unset. */
  readonly #expirationAt: number;
  readonly #halves = new UserIdHalves();
  #operationEnd = 0;

  constructor(form: LineForm, table: SegmentTable) {
    const [user, segment, field] = form.separators;
    this.#table = table;
    this.#nowS = form.nowS;
    this.#defaultExpiration = form.defaultExpiration;
    this.#userSeparator = user;
    this.#segmentSeparator = segment ?? unset;
    this.#fieldSeparator = field ?? unset;
    this.#fieldCount = form.fields.length;
    this.#expirationAt = form.fields.indexOf('EXPIRATION');
  }

  /** Can lines of this form be plain? */
  static isFitting({ fields, externalMember, defaultDomain }: LineForm): boolean {
    return (
      externalMember === null && defaultDomain === null && fields[0] === 'SEG_ID' && fields.every((field) => plainFields.includes(field))
    );
  }

  /**
   * Takes lines from `start` on until one is not plain or is marked, until the chunk needs room or until `end`, where one ends with LF.
   * Answers the offset behind what it took.
   * @param firstLine the number of the line at `start`, for `isMarked`
   */
  take(bytes: Uint8Array, start: number, end: number, firstLine: number, isMarked: LineTest | null, into: ParsedChunk): number {
    const { keys, userKeyEnds, userOperationEnds, userLine, userStart, userEnd, userKept, physicalLines } = into;
    const mostOperations = into.operationUses.length - mostOfLine;
    const mostKeys = keys.length - keyBytes;
    const halves = this.#halves;
    const userSeparator = this.#userSeparator | 0;
    let operation = into.operationCount | 0;
    let user = into.userCount | 0;
    let keyEnd = into.keyEnd | 0;
    let line = physicalLines | 0;
    let at = start | 0;
    while (at < end && user < userLine.length && operation <= mostOperations && keyEnd <= mostKeys) {
      if (isMarked !== null && isMarked(firstLine + line - physicalLines)) break;
      let idEnd = at | 0;
      let byte = bytes[idEnd] ?? 0;
      while (byte >= zero && byte <= nine) {
        idEnd = (idEnd + 1) | 0;
        byte = bytes[idEnd] ?? 0;
      }
      if (byte !== userSeparator || !readUserDigits(bytes, at, idEnd, halves)) break;
      const lineEnd = this.#takeSegments(bytes, (idEnd + 1) | 0, operation, into) | 0;
      if (lineEnd < 0) break;
      operation = this.#operationEnd | 0;
      encodeUserId(halves.low, halves.high, keys, keyEnd);
      keyEnd = (keyEnd + keyBytes) | 0;
      userKeyEnds[user] = keyEnd;
      userOperationEnds[user] = operation;
      userLine[user] = line;
      userStart[user] = at;
      userEnd[user] = lineEnd;
      userKept[user] = 0;
      user = (user + 1) | 0;
      line = (line + 1) | 0;
      at = (lineEnd + (bytes[lineEnd] === lineFeed ? 1 : 2)) | 0;
    }
    into.lines += line - physicalLines;
    into.physicalLines = line;
    into.userCount = user;
    into.operationCount = operation;
    return at;
  }

  /** Writes operations from `first` on without counting them. Answers where the line ends, or `notPlain`. */
  #takeSegments(bytes: Uint8Array, start: number, first: number, into: ParsedChunk): number {
    const { slotIds, slotUses, states, expirations } = this.#table;
    const { operations, operationUses } = into;
    const slotShift = this.#table.slotShift | 0;
    const multiplier = this.#table.multiplier | 0;
    const fieldCount = this.#fieldCount | 0;
    const fieldSeparator = this.#fieldSeparator | 0;
    const segmentSeparator = this.#segmentSeparator | 0;
    const expirationAt = this.#expirationAt | 0;
    const end = (first + mostOfLine) | 0;
    let operation = first | 0;
    let at = start | 0;
    while (operation < end) {
      let id = 0;
      let minutes: number = notSent;
      let value = 0;
      let byte = 0;
      for (let field = 0; field < fieldCount; field = (field + 1) | 0) {
        if (field > 0) {
          if (byte !== fieldSeparator) return notPlain;
          at = (at + 1) | 0;
        }
        const from = at;
        let number = 0;
        byte = bytes[at] ?? 0;
        while (byte >= zero && byte <= nine) {
          number = (Math.imul(number, 10) + byte - zero) | 0;
          at = (at + 1) | 0;
          byte = bytes[at] ?? 0;
        }
        if (at === from) {
          if (byte !== hyphen || bytes[at + 1] !== one || field !== expirationAt) return notPlain;
          number = -1;
          at = (at + 2) | 0;
          byte = bytes[at] ?? 0;
        } else if (at - from > mostDigits) return notPlain;
        if (field === 0) id = number;
        else if (field === expirationAt) minutes = number;
        else value = number;
      }
      const use = slotUses[slotOf(slotIds, slotUses, id, hash(id, multiplier) >>> slotShift)] ?? 0;
      if (use < 0 || states[use] !== usable) return notPlain;
      if (minutes === notSent) minutes = this.#defaultOf(expirations[use] ?? 0);
      if (minutes === notWritten) return notPlain;
      writeOperation(operations, operation * 4, id, value, this.#nowS, minutes);
      operationUses[operation] = use;
      operation = (operation + 1) | 0;
      if (byte !== segmentSeparator) {
        this.#operationEnd = operation;
        return byte === lineFeed || (byte === carriageReturn && bytes[at + 1] === lineFeed) ? at : notPlain;
      }
      at = (at + 1) | 0;
    }
    return notPlain;
  }

  #defaultOf(expireMinutes: number): number {
    return lifetimeOf(notSent, expireMinutes, this.#defaultExpiration);
  }
}

/** Where the id stands, or where it would. */
function slotOf(slotIds: Int32Array, slotUses: Int32Array, id: number, first: number): number {
  let slot = first | 0;
  while (slotIds[slot] !== id && (slotUses[slot] ?? 0) >= 0) slot = (slot + 1) & (slotUses.length - 1);
  return slot;
}

/** @param minutes as they are sent: -1 removes, 0 is the longest lifetime */
function writeOperation(operations: Uint32Array, at: number, segment: number, value: number, addedAtS: number, minutes: number): void {
  operations[at] = segment;
  if (minutes < 0) {
    operations[at + 1] = 0;
    operations[at + 2] = 0;
    operations[at + 3] = removalMark;
    return;
  }
  operations[at + 1] = value;
  operations[at + 2] = addedAtS;
  operations[at + 3] = minutes === 0 || minutes > longest ? longest : minutes;
}
