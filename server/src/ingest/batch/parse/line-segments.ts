import type { SegmentFieldName } from '../../../members/ingest-settings.ts';
import { faultCodes, mostSegmentsOfLine, noFault } from './fault-codes.ts';
import { removes, unsent } from './lifetime-of.ts';
import type { LineForm } from './line-form.ts';
import { type LineDomain, readDomain } from './line-user.ts';
import { PairWriting } from './pair-writing.ts';
import type { ParsedChunk } from './parsed-chunk.ts';
import { leadingZeros, noNumber, readNumber } from './read-number.ts';
import { largestSegmentId, type SegmentTable, stateCodes } from './segment-table.ts';

/** Of values and expirations. */
const mostInteger = 0x7fff_ffff;
const mostTimestamp = 0xffff_ffff;
/** The owner where a number has more digits than any member's id. */
const nobodysId = Number.MAX_SAFE_INTEGER;
/** As an owner: the segment is named by an id. */
const namedById = -1;

/** What a byte behind the user is: none of the separators, or which. */
const roles = { none: 0, segment: 1, field: 2, removals: 3, domain: 4, user: 5 } as const;

/**
 * Reads one line of any form: writes operations behind those of a chunk without counting them, and the faults of its pairs. What else it
 * found stays here until the next line.
 */
export class LineSegments {
  /** Offset one behind the user. */
  userEnd = 0;
  /** Undefined where the line says none. */
  domain: LineDomain | undefined = undefined;
  /** Segments that the table does not know, as often as they are named. */
  unknownCount = 0;

  readonly #table: SegmentTable;
  readonly #form: LineForm;
  readonly #isById: boolean;
  readonly #userSeparator: number;
  readonly #roles = new Uint8Array(256);
  /** What a segment after separator 4 may hold instead of all fields. */
  readonly #identifying: readonly SegmentFieldName[];
  readonly #unknownOwners = new Float64Array(mostSegmentsOfLine);
  /** Id, or where the code begins. */
  readonly #unknownStarts = new Float64Array(mostSegmentsOfLine);
  readonly #unknownEnds = new Float64Array(mostSegmentsOfLine);

  readonly #pairs: PairWriting;
  #start = 0;
  #end = 0;
  #segmentCount = 0;
  /** Of the segment that is read: where its fields begin, and one behind what ends the last one. */
  readonly #fieldStarts: Int32Array;
  #fieldCount = 0;
  /** Where it is named, by whose code. */
  #nameStart = 0;
  #nameEnd = 0;
  #owner = 0;
  #id = 0;
  #value = 0;
  #expiration = 0;
  /** `noNumber` where it is invalid. */
  #timestamp = 0;

  constructor(form: LineForm, table: SegmentTable) {
    this.#table = table;
    this.#form = form;
    this.#pairs = new PairWriting(form, table);
    this.#isById = form.fields.includes('SEG_ID');
    this.#identifying = form.fields.filter((field) => (this.#isById ? field === 'SEG_ID' : field === 'SEG_CODE' || field === 'MEMBER_ID'));
    this.#fieldStarts = new Int32Array(form.fields.length + 1);
    const [user, segment, field, removals, domain] = form.separators;
    this.#userSeparator = user;
    this.#roles[user] = roles.user;
    if (segment !== null) this.#roles[segment] = roles.segment;
    if (field !== null) this.#roles[field] = roles.field;
    if (removals !== null) this.#roles[removals] = roles.removals;
    if (domain !== null) this.#roles[domain] = roles.domain;
  }

  /** Index one behind the line's last operation. */
  get operationEnd(): number {
    return this.#pairs.operationEnd;
  }
  /** Accepted pairs that write nothing. */
  get kept(): number {
    return this.#pairs.kept;
  }

  /**
   * Answers the fault of the line's format, or `noFault`; the chunk's faults then mean nothing.
   * @param end without what ends the line
   * @param mark the fault that the line has in any case: of a repeat where its format has none, of a cut line where it has a user
   */
  read(bytes: Uint8Array, start: number, end: number, mark: number, into: ParsedChunk): number {
    this.#start = start;
    this.#end = end;
    this.#segmentCount = 0;
    this.domain = undefined;
    this.#pairs.begin(into);
    this.unknownCount = 0;
    let at = start;
    while (at < end && bytes[at] !== this.#userSeparator) at++;
    this.userEnd = at;
    if (at === start || at === end) return faultCodes.fields;
    return mark === faultCodes.tooMany ? mark : Math.min(this.#readLists(bytes, at + 1, into), mark);
  }

  /** The use of an unknown segment, by its number among them; the bytes must be those of the line. */
  addUnknown(unknown: number, bytes: Uint8Array): number {
    const owner = this.#unknownOwners[unknown] ?? 0;
    const start = this.#unknownStarts[unknown] ?? 0;
    return owner === namedById ? this.#table.useOfId(start) : this.#table.useOfCode(owner, bytes, start, this.#unknownEnds[unknown] ?? 0);
  }

  #readLists(bytes: Uint8Array, from: number, into: ParsedChunk): number {
    let fault: number = noFault;
    let isRemoving = false;
    let at = from;
    for (;;) {
      const segmentEnd = this.#findFields(bytes, at);
      const role = segmentEnd === this.#end ? roles.none : (this.#roles[bytes[segmentEnd] ?? 0] ?? 0);
      const isNoList = role === roles.removals && !isRemoving && this.#segmentCount === 0 && segmentEnd === at;
      if (!isNoList) fault = Math.min(fault, this.#readSegment(bytes, isRemoving, fault, into));
      if (role === roles.user || (role === roles.removals && isRemoving)) return faultCodes.fields;
      if (role === roles.none || fault === faultCodes.fields) return fault;
      at = segmentEnd + 1;
      if (role === roles.domain) return Math.min(fault, this.#readDomain(bytes, at));
      if (role === roles.removals) isRemoving = true;
    }
  }

  #readDomain(bytes: Uint8Array, start: number): number {
    this.domain = readDomain(bytes, start, this.#end);
    return this.domain === undefined ? faultCodes.domain : noFault;
  }

  /** Finds the fields of the segment that begins here, and answers where it ends. */
  #findFields(bytes: Uint8Array, start: number): number {
    const end = this.#end;
    const roleOf = this.#roles;
    const fieldStarts = this.#fieldStarts;
    let count = 0;
    let at = start;
    fieldStarts[0] = start;
    for (; at < end; at++) {
      const role = roleOf[bytes[at] ?? 0] ?? 0;
      if (role === roles.none) continue;
      if (role !== roles.field) break;
      count += 1;
      if (count < fieldStarts.length) fieldStarts[count] = at + 1;
    }
    count += 1;
    if (count < fieldStarts.length) fieldStarts[count] = at + 1;
    this.#fieldCount = count;
    return at;
  }

  /** Answers the segment's fault, or `noFault`. After a fault of the line nothing is written any more. */
  #readSegment(bytes: Uint8Array, isRemoving: boolean, lineFault: number, into: ParsedChunk): number {
    const all = this.#form.fields;
    const count = this.#fieldCount;
    const fields = count === all.length ? all : isRemoving && count === this.#identifying.length ? this.#identifying : null;
    if (fields === null) return faultCodes.fields;
    if (count === 1 && this.#fieldStarts[1] === (this.#fieldStarts[0] ?? 0) + 1) return faultCodes.fields;
    this.#segmentCount += 1;
    if (!this.#readFields(bytes, fields)) return faultCodes.value;
    if (this.#segmentCount > mostSegmentsOfLine) return faultCodes.tooMany;
    if (lineFault === noFault) this.#write(bytes, isRemoving ? removes : this.#expiration, into);
    return noFault;
  }

  /** False where a field that makes the line malformed is wrong. */
  #readFields(bytes: Uint8Array, fields: readonly SegmentFieldName[]): boolean {
    this.#owner = this.#form.uploader;
    this.#value = 0;
    this.#expiration = unsent;
    this.#timestamp = this.#form.nowS;
    for (let field = 0; field < fields.length; field++) {
      const start = this.#fieldStarts[field] ?? 0;
      const end = (this.#fieldStarts[field + 1] ?? 0) - 1;
      if (!this.#readField(bytes, start, end, fields[field])) return false;
    }
    return true;
  }

  #readField(bytes: Uint8Array, start: number, end: number, field: SegmentFieldName | undefined): boolean {
    if (field === 'SEG_CODE') {
      this.#nameStart = start;
      this.#nameEnd = end;
      return end > start;
    }
    const number = readNumber(bytes, start, end);
    if (field === 'TIMESTAMP') {
      this.#timestamp = number > mostTimestamp ? noNumber : number === 0 ? this.#form.nowS : number;
      return true;
    }
    if (field === 'EXPIRATION') {
      const isRemoval = number === noNumber && isMinusOne(bytes, start, end);
      this.#expiration = isRemoval ? removes : number;
      return isRemoval || (number !== noNumber && number <= mostInteger);
    }
    if (number === noNumber) return false;
    if (field === 'VALUE') {
      this.#value = number;
      return number <= mostInteger;
    }
    if (field === 'MEMBER_ID') this.#owner = Math.min(number, nobodysId);
    else {
      this.#id = number;
      this.#nameStart = start;
      this.#nameEnd = end;
    }
    return true;
  }

  /** Writes the segment that was read: an operation, a fault of the pair, or an unknown name. */
  #write(bytes: Uint8Array, expiration: number, into: ParsedChunk): void {
    const table = this.#table;
    const use = this.#use(bytes);
    const state = use < 0 ? stateCodes.unasked : (table.states[use] ?? stateCodes.unasked);
    if (state === stateCodes.unasked) {
      this.#noteUnknown();
      return;
    }
    this.#pairs.write(use, this.#value, expiration, this.#timestamp, this.#start, this.#end, into);
  }

  /** -1 for a name that was not seen. */
  #use(bytes: Uint8Array): number {
    const start = this.#nameStart;
    const end = this.#nameEnd;
    if (!this.#isById) return this.#table.knownCode(this.#owner, bytes, start, end);
    if (this.#id <= largestSegmentId) return this.#table.knownId(this.#id);
    return this.#table.useOfLongId(bytes, start + leadingZeros(bytes, start, end), end);
  }

  #noteUnknown(): void {
    const unknown = this.unknownCount;
    this.#unknownOwners[unknown] = this.#isById ? namedById : this.#owner;
    this.#unknownStarts[unknown] = this.#isById ? this.#id : this.#nameStart;
    this.#unknownEnds[unknown] = this.#nameEnd;
    this.unknownCount = unknown + 1;
  }
}

const isMinusOne = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 2 && bytes[start] === 0x2d && bytes[start + 1] === 0x31;
