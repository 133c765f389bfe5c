import { Buffer } from 'node:buffer';
import { type CallShape, mostInteger, mostSegments, mostUsers, type Warning } from './parse-users.ts';

const noWarnings: readonly Warning[] = [];
const quote = 0x22;
const comma = 0x2c;
const closeObject = 0x7d;
const closeArray = 0x5d;
const backslash = 0x5c;
const space = 0x20;
const lastPlain = 0x7e;
const zero = 0x30;
const one = 0x31;
const minus = 0x2d;
const nowhere = -1;
/** Whole numbers of so many digits are exact. */
const mostDigits = 15;

/**
 * Text that is to stand in the body, of 9 to 24 characters, by eight bytes at a time read as a floating point number: the first eight, the next,
 * and the last. Equal numbers are equal bytes here, because no text is a zero or no number; what is no number equals nothing.
 */
interface Literal {
  readonly length: number;
  readonly first: number;
  readonly middle: number;
  readonly last: number;
}

function literal(text: string): Literal {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer);
  const { length } = bytes;
  if (length < 9 || length > 24) throw new RangeError(`no literal: ${text}`);
  const word = (at: number): number => view.getFloat64(Math.min(at, length - 8), true);
  return { length, first: word(0), middle: word(8), last: word(length) };
}

/** How a writer separates tokens: the texts that stand between ids and numbers. */
interface Form {
  readonly callOpens: Literal;
  readonly callOpensHyphen: Literal;
  readonly userOpens: Literal;
  readonly blocksOpen: Literal;
  readonly blocksCloseNoDomain: Literal;
  readonly blocksCloseDomain: Literal;
  readonly segmentId: Literal;
  readonly noCode: Literal;
  readonly value: Literal;
  readonly expiration: Literal;
  readonly noOwner: Literal;
  /** A blank stands behind a comma. */
  readonly spaced: boolean;
}

/** @param blank what stands behind commas and colons */
const formOf = (blank: '' | ' '): Form => {
  const [next, is] = [`,${blank}`, `:${blank}`];
  return {
    callOpens: literal(`{"rt_segment"${is}[`),
    callOpensHyphen: literal(`{"rt-segment"${is}[`),
    userOpens: literal(`{"user_id"${is}"`),
    blocksOpen: literal(`"${next}"seg_block"${is}[`),
    blocksCloseNoDomain: literal(`]${next}"domain"${is}null}`),
    blocksCloseDomain: literal(`]${next}"domain"${is}"`),
    segmentId: literal(`{"seg_id"${is}`),
    noCode: literal(`${next}"seg_code"${is}null`),
    value: literal(`${next}"value"${is}`),
    expiration: literal(`${next}"expiration"${is}`),
    noOwner: literal(`${next}"member_id"${is}null`),
    spaced: blank !== '',
  };
};

/** As JSON.stringify and most libraries write, and as Python's json.dumps does. */
const [tight, spaced] = [formOf(''), formOf(' ')];

/** `expirations` of a block that says nothing about it. */
export const unsent = -3;

/**
 * The users of a call as `UserScanner` has read them: columns instead of objects, because a call holds 10,000 blocks and more. Ids of
 * users are told by where they stand in `body`, in plain characters.
 */
export interface ScannedCall extends CallShape {
  readonly body: Buffer;
  /** By user: where its id begins, and one behind it. */
  readonly idStarts: Int32Array;
  readonly idEnds: Int32Array;
  /** By user; null: a user id (or the sender's external id). */
  readonly domains: readonly (string | null)[];
  /** By user: one behind its last block. */
  readonly blockEnds: Int32Array;
  /** By block: the segment's id, below 10^15. */
  readonly segments: Float64Array;
  /** By block: 0 to 2147483647. */
  readonly values: Int32Array;
  /** By block: minutes; -1 removes, 0 never expires, `unsent`: the segment's or the sender's default. */
  readonly expirations: Int32Array;
}

const noBody = Buffer.alloc(0);
const noView = new DataView(new ArrayBuffer(0));
const firstRoom = 1024;

/**
 * Reads the usual body of `POST /rt-segment` straight from its bytes, in a fraction of the time that JSON.parse and `parseUsers` take.
 * Usual is what JSON.stringify or Python's json.dumps makes of users with quoted ids whose segments are named by id, keys in the documented
 * order, no escapes, nothing that earns a warning. (A scanner for blanks anywhere and keys in any order was no faster than JSON.parse.)
 * Everything else is declined at the first byte that differs, and `parseUsers`, the slow twin, decides. Where this answers, it answers
 * what the twin would (scan-users.test.ts).
 *
 * Its methods answer where what they read ends, or `nowhere`. Positions are handed around and keys are compared by words: read byte
 * by byte, with the position in a field, it took as long as JSON.parse. One scanner serves all calls, and keeps its columns for the next.
 */
export class UserScanner implements ScannedCall {
  body: Buffer = noBody;
  readonly idStarts = new Int32Array(mostUsers);
  readonly idEnds = new Int32Array(mostUsers);
  readonly domains: (string | null)[] = Array.from({ length: mostUsers }, () => null);
  readonly blockEnds = new Int32Array(mostUsers);
  segments = new Float64Array(firstRoom);
  values = new Int32Array(firstRoom);
  expirations = new Int32Array(firstRoom);
  userCount = 0;
  segmentCount = 0;
  readonly namedByCode = false;
  readonly warnings = noWarnings;
  #view: DataView = noView;
  #form: Form = tight;
  /** The end of the last number that was read. */
  #numberEnd = 0;

  /** Undefined: declined. The answer is this scanner's memory and stands until its next scan. */
  scan(body: Buffer): ScannedCall | undefined {
    this.body = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.length);
    // `{"rt_segment":` and what stands behind it.
    this.#form = body[14] === space ? spaced : tight;
    this.userCount = 0;
    this.segmentCount = 0;
    return this.#readCall() ? this : undefined;
  }

  #readCall(): boolean {
    let at = behind(this.#view, 0, this.#form.callOpens);
    if (at === nowhere) at = behind(this.#view, 0, this.#form.callOpensHyphen);
    if (at === nowhere) return false;
    for (;;) {
      if (this.userCount === mostUsers || (at = this.#readUser(at)) === nowhere) return false;
      const next = this.#behindComma(at);
      if (next === nowhere) return this.#isEnd(at);
      at = next;
    }
  }

  /** A domain at the top is left to the slow twin, unless it is null, which says nothing. */
  #isEnd(at: number): boolean {
    const { length } = this.body;
    // `]}` is too short to be compared by words.
    if (at + 2 === length) return this.#view.getUint16(at, true) === 0x7d5d;
    return behind(this.#view, at, this.#form.blocksCloseNoDomain) === length;
  }

  #readUser(from: number): number {
    const view = this.#view;
    const start = behind(view, from, this.#form.userOpens);
    if (start === nowhere) return nowhere;
    const idEnd = this.#textEnd(start);
    const blocksStart = idEnd === nowhere || idEnd === start ? nowhere : behind(view, idEnd, this.#form.blocksOpen);
    if (blocksStart === nowhere) return nowhere;
    const blocksEnd = this.#readBlocks(blocksStart);
    if (blocksEnd === nowhere) return nowhere;
    const user = this.userCount;
    this.idStarts[user] = start;
    this.idEnds[user] = idEnd;
    this.blockEnds[user] = this.segmentCount;
    this.domains[user] = null;
    this.userCount = user + 1;
    if (this.body[blocksEnd + 1] === closeObject) return this.body[blocksEnd] === closeArray ? blocksEnd + 2 : nowhere;
    const closed = behind(view, blocksEnd, this.#form.blocksCloseNoDomain);
    return closed === nowhere ? this.#readDomain(blocksEnd, user) : closed;
  }

  #readDomain(from: number, user: number): number {
    const start = behind(this.#view, from, this.#form.blocksCloseDomain);
    const end = start === nowhere ? nowhere : this.#textEnd(start);
    if (end === nowhere || this.body[end + 1] !== closeObject) return nowhere;
    // A copy of its own: nothing of the body stays in memory for it.
    const domain = this.body.toString('latin1', start, end);
    this.domains[user] = domain;
    // It earns a warning.
    return domain.toLowerCase() === 'sha1mac' ? nowhere : end + 2;
  }

  /** Where the quote stands behind plain characters. */
  #textEnd(from: number): number {
    const { body } = this;
    for (let at = from; at < body.length; at++) {
      const byte = body[at] ?? 0;
      if (byte === quote) return at;
      if (byte < space || byte === backslash || byte > lastPlain) return nowhere;
    }
    return nowhere;
  }

  /** One block or more. */
  #readBlocks(from: number): number {
    if (this.segmentCount + mostSegments > this.segments.length) this.#grow();
    const { body, segments, values, expirations } = this;
    const view = this.#view;
    const form = this.#form;
    const most = this.segmentCount + mostSegments;
    for (let at = from, block = this.segmentCount; ; block++) {
      const idStart = behind(view, at, form.segmentId);
      const id = idStart === nowhere ? nowhere : this.#number(idStart);
      if (id === nowhere || block === most) return nowhere;
      at = orHere(behind(view, this.#numberEnd, form.noCode), this.#numberEnd);
      let sentValue = 0;
      const valueStart = behind(view, at, form.value);
      if (valueStart !== nowhere) {
        sentValue = this.#number(valueStart);
        at = this.#numberEnd;
      }
      let sentExpiration = unsent;
      const expirationStart = behind(view, at, form.expiration);
      if (expirationStart !== nowhere) {
        const removes = body[expirationStart] === minus;
        sentExpiration = this.#number(removes ? expirationStart + 1 : expirationStart);
        if (sentExpiration === nowhere || (removes && sentExpiration !== 1)) return nowhere;
        if (removes) sentExpiration = -1;
        at = this.#numberEnd;
      }
      at = orHere(behind(view, at, form.noOwner), at);
      if (body[at] !== closeObject || sentValue === nowhere || sentValue > mostInteger || sentExpiration > mostInteger) return nowhere;
      segments[block] = id;
      values[block] = sentValue;
      expirations[block] = sentExpiration;
      const next = this.#behindComma(at + 1);
      if (next === nowhere) {
        this.segmentCount = block + 1;
        return at + 1;
      }
      at = next;
    }
  }

  /** `nowhere` where no comma of the form stands. */
  #behindComma(at: number): number {
    if (this.body[at] !== comma) return nowhere;
    if (!this.#form.spaced) return at + 1;
    return this.body[at + 1] === space ? at + 2 : nowhere;
  }

  /** A whole number of 0 or more as JSON has it; `nowhere` for another. What follows it is the caller's to check. */
  #number(from: number): number {
    const { body } = this;
    const { length } = body;
    // As long as it fits in 32 bits it is kept out of floating point. What is below `0` is a large number without a sign.
    const shortEnd = Math.min(from + 9, length);
    let at = from;
    let short = 0;
    for (; at < shortEnd; at++) {
      const digit = (body[at] ?? 0) - zero;
      if (digit >>> 0 > 9) break;
      short = (Math.imul(short, 10) + digit) | 0;
    }
    let number = short;
    if (at === from + 9)
      for (; at < length; at++) {
        const digit = (body[at] ?? 0) - zero;
        if (digit >>> 0 > 9) break;
        number = number * 10 + digit;
      }
    this.#numberEnd = at;
    const digits = at - from;
    return digits === 0 || digits > mostDigits || (digits > 1 && (body[from] ?? 0) < one) ? nowhere : number;
  }

  #grow(): void {
    const room = this.segments.length * 2;
    const { segments, values, expirations } = this;
    this.segments = new Float64Array(room);
    this.segments.set(segments);
    this.values = new Int32Array(room);
    this.values.set(values);
    this.expirations = new Int32Array(room);
    this.expirations.set(expirations);
  }
}

const orHere = (end: number, here: number): number => (end === nowhere ? here : end);

/** Where the literal that begins at `at` ends; `nowhere` where something else stands. */
function behind(view: DataView, at: number, { length, first, middle, last }: Literal): number {
  const end = at + length;
  if (end > view.byteLength || view.getFloat64(at, true) !== first || view.getFloat64(end - 8, true) !== last) return nowhere;
  return length > 16 && view.getFloat64(at + 8, true) !== middle ? nowhere : end;
}
