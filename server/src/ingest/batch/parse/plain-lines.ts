import { readUserId, UserIdHalves } from '../../../identity/read-user-id.ts';
import type { SegmentFieldName } from '../../../members/ingest-settings.ts';
import { encodeUserId, userKeyBytes } from '../../../profiles/identifier-key.ts';
import { removal } from '../../../profiles/operation-batch.ts';
import { mostSegmentsOfLine } from './fault-codes.ts';
import { lifetimeOf, notKept, removes, unsent } from './lifetime-of.ts';
import type { LineForm } from './line-form.ts';
import type { ParsedChunk } from './parsed-chunk.ts';
import { type SegmentTable, stateCodes } from './segment-table.ts';

const zero = 0x30;
const one = 0x31;
const hyphen = 0x2d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** So many digits make a number below 2^30 in plain arithmetic. */
const mostDigits = 9;
/** No byte is it. */
const unset = -1;

/** Where a field's number goes. */
const targets: Partial<Readonly<Record<SegmentFieldName, number>>> = { SEG_ID: 0, EXPIRATION: 1, VALUE: 2 };

/**
 * The fast way for the lines that nearly all files consist of: a user id, then segments by id without timestamps, all of them usable. It reads each
 * byte of segments once and takes a line whole or not at all; what is in any way special is left to LineSegments.
 */
export class PlainLines {
  readonly #table: SegmentTable;
  readonly #nowS: number;
  readonly #defaultExpiration: number;
  readonly #userSeparator: number;
  readonly #segmentSeparator: number;
  readonly #fieldSeparator: number;
  /** By field: where its number goes. */
  readonly #targets: readonly number[];
  readonly #halves = new UserIdHalves();

  constructor(form: LineForm, table: SegmentTable) {
    const [user, segment, field] = form.separators;
    this.#table = table;
    this.#nowS = form.nowS;
    this.#defaultExpiration = form.defaultExpiration;
    this.#userSeparator = user;
    this.#segmentSeparator = segment ?? unset;
    this.#fieldSeparator = field ?? unset;
    this.#targets = form.fields.map((name) => targets[name] ?? unset);
  }

  /** Can lines of this form be plain? */
  static isFitting({ fields, externalMember, defaultDomain }: LineForm): boolean {
    return externalMember === null && defaultDomain === null && fields.every((field) => targets[field] !== undefined);
  }

  /**
   * Takes the line that begins at `start`; an LF must stand somewhere behind it, and the chunk have room. Answers the offset behind the line, or
   * -1 where it is not plain; then the chunk is as it was.
   */
  take(bytes: Uint8Array, start: number, into: ParsedChunk): number {
    let userEnd = start;
    while (isDigit(bytes[userEnd] ?? 0)) userEnd++;
    if (bytes[userEnd] !== this.#userSeparator || !readUserId(bytes, start, userEnd, this.#halves)) return -1;
    const end = this.#takeSegments(bytes, userEnd + 1, into);
    if (end < 0) return -1;
    encodeUserId(this.#halves.low, this.#halves.high, into.keys, into.keyEnd);
    into.addUser(userKeyBytes, this.#operationEnd, start, end, 0);
    into.lines += 1;
    return end + (bytes[end] === lineFeed ? 1 : 2);
  }

  #operationEnd = 0;

  /** Writes the operations without counting them. Answers where the line ends, or -1. */
  #takeSegments(bytes: Uint8Array, start: number, into: ParsedChunk): number {
    const table = this.#table;
    const { slotIds, slotUses, slotShift, multiplier, states, expirations } = table;
    const { operations, operationUses, operationCount } = into;
    const targets = this.#targets;
    const fieldCount = targets.length;
    const nowS = this.#nowS;
    let operation = operationCount;
    let at = start;
    for (;;) {
      let id = 0;
      let value = 0;
      let expiration: number = unsent;
      for (let field = 0; field < fieldCount; field++) {
        if (field > 0) {
          if (bytes[at] !== this.#fieldSeparator) return -1;
          at++;
        }
        const from = at;
        let number = 0;
        for (let digit = (bytes[at] ?? 0) - zero; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - zero) {
          number = (Math.imul(number, 10) + digit) | 0;
          at++;
        }
        const target = targets[field];
        if (at === from) {
          if (target !== 1 || bytes[at] !== hyphen || bytes[at + 1] !== one) return -1;
          at += 2;
          number = removes;
        } else if (at - from > mostDigits) return -1;
        if (target === 0) id = number;
        else if (target === 1) expiration = number;
        else value = number;
      }
      const slot = Math.imul(id, multiplier) >>> slotShift;
      let use = slotUses[slot] ?? -1;
      if (slotIds[slot] !== id) use = table.knownId(id);
      if (use < 0 || states[use] !== stateCodes.usable || operation - operationCount === mostSegmentsOfLine) return -1;
      const lifetime = lifetimeOf(expiration, expirations[use] ?? 0, this.#defaultExpiration);
      if (lifetime === notKept) return -1;
      const word = operation * 4;
      const isRemoval = lifetime === removes;
      operations[word] = id;
      operations[word + 1] = isRemoval ? 0 : value;
      operations[word + 2] = isRemoval ? 0 : nowS;
      operations[word + 3] = isRemoval ? removal : lifetime;
      operationUses[operation] = use;
      operation++;
      const ender = bytes[at];
      if (ender === this.#segmentSeparator) at++;
      else if (ender === lineFeed || (ender === carriageReturn && bytes[at + 1] === lineFeed)) break;
      else return -1;
    }
    this.#operationEnd = operation;
    return at;
  }
}

const isDigit = (byte: number): boolean => byte >= zero && byte <= zero + 9;
