import { mostSegmentsOfLine } from './fault-codes.ts';

/** The `user` of a fault that refuses the whole line. */
export const noUser = 0x7fff_ffff;
/** The `use` of a fault that is about no segment. */
export const noUse = -1;

/** Longest key of a user in a text file: 255 Latin-1 characters, two bytes each, behind tag and member. */
const longestLineKeyBytes = 5 + 255 * 2;
const operationWords = 4;

/**
 * What a stretch of lines says, in columns. Arrays have room to spare: only as much of them counts as the counts say. It can be posted to
 * another thread with `buffersOf`; what arrives there is the same columns without methods.
 */
export interface ParsedColumns {
  /** Lines taken, blank ones included: what `line` columns count by. */
  physicalLines: number;
  /** Lines that are not blank. */
  lines: number;

  /** As an OperationBatch: segment, value, addedAtS, lifetime in minutes or the mark of a removal. */
  operations: Uint32Array<ArrayBuffer>;
  /** By operation: the segment's number in the job (SegmentTable). */
  operationUses: Int32Array<ArrayBuffer>;
  operationCount: number;

  /** Users with operations, one for each line: as an OperationBatch, and for each of them the line's index and its first byte and the one behind its last. */
  keys: Uint8Array<ArrayBuffer>;
  userKeyEnds: Uint32Array<ArrayBuffer>;
  userOperationEnds: Uint32Array<ArrayBuffer>;
  userLine: Uint32Array<ArrayBuffer>;
  userStart: Uint32Array<ArrayBuffer>;
  userEnd: Uint32Array<ArrayBuffer>;
  /** Accepted pairs that write nothing (`expire_minutes` 0). */
  userKept: Uint16Array<ArrayBuffer>;
  userCount: number;

  /** Well-formed users whose lines have no operation. */
  idleKeys: Uint8Array<ArrayBuffer>;
  idleKeyEnds: Uint32Array<ArrayBuffer>;
  idleLine: Uint32Array<ArrayBuffer>;
  idleStart: Uint32Array<ArrayBuffer>;
  idleEnd: Uint32Array<ArrayBuffer>;
  idleKept: Uint16Array<ArrayBuffer>;
  idleCount: number;

  /** In file order. A fault of a pair counts only if the store accepts its user. */
  faultCode: Uint8Array<ArrayBuffer>;
  faultLine: Uint32Array<ArrayBuffer>;
  faultStart: Uint32Array<ArrayBuffer>;
  faultEnd: Uint32Array<ArrayBuffer>;
  /** The segment's number in the job; `noUse` where the fault is not about a segment, as that of a timestamp. */
  faultUse: Int32Array<ArrayBuffer>;
  /** Of a pair: the index of the user with operations, or ~ that of the idle one; `noUser` else. */
  faultUser: Int32Array<ArrayBuffer>;
  faultCount: number;
}

type Column = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** Columns that a LineParser writes. */
export class ParsedChunk implements ParsedColumns {
  physicalLines = 0;
  lines = 0;
  operations = new Uint32Array(mostSegmentsOfLine * 2 * operationWords);
  operationUses = new Int32Array(mostSegmentsOfLine * 2);
  operationCount = 0;
  keys = new Uint8Array(longestLineKeyBytes * 2);
  userKeyEnds = new Uint32Array(64);
  userOperationEnds = new Uint32Array(64);
  userLine = new Uint32Array(64);
  userStart = new Uint32Array(64);
  userEnd = new Uint32Array(64);
  userKept = new Uint16Array(64);
  userCount = 0;
  idleKeys = new Uint8Array(longestLineKeyBytes * 2);
  idleKeyEnds = new Uint32Array(16);
  idleLine = new Uint32Array(16);
  idleStart = new Uint32Array(16);
  idleEnd = new Uint32Array(16);
  idleKept = new Uint16Array(16);
  idleCount = 0;
  faultCode = new Uint8Array(mostSegmentsOfLine * 2);
  faultLine = new Uint32Array(mostSegmentsOfLine * 2);
  faultStart = new Uint32Array(mostSegmentsOfLine * 2);
  faultEnd = new Uint32Array(mostSegmentsOfLine * 2);
  faultUse = new Int32Array(mostSegmentsOfLine * 2);
  faultUser = new Int32Array(mostSegmentsOfLine * 2);
  faultCount = 0;

  /** @param columns its own, which another thread gave back: they are written anew */
  takeBack(columns: ParsedColumns): this {
    Object.assign(this, columns);
    this.clear();
    return this;
  }

  clear(): void {
    this.physicalLines = 0;
    this.lines = 0;
    this.operationCount = 0;
    this.userCount = 0;
    this.idleCount = 0;
    this.faultCount = 0;
  }

  /** For one line more, whatever it holds: whoever writes a line need not look again. */
  makeRoom(): void {
    if (this.operationCount + mostSegmentsOfLine > this.operationUses.length) {
      this.operations = grown(this.operations);
      this.operationUses = grown(this.operationUses);
    }
    if (this.userCount === this.userLine.length) this.#growUsers();
    if (this.keyEnd + longestLineKeyBytes > this.keys.length) this.keys = grown(this.keys);
    if (this.idleCount === this.idleLine.length) this.#growIdle();
    if (this.idleKeyEnd + longestLineKeyBytes > this.idleKeys.length) this.idleKeys = grown(this.idleKeys);
    if (this.faultCount + mostSegmentsOfLine > this.faultCode.length) this.#growFaults();
  }

  /** For one user more with a key of so many bytes, where that may be longer than those of text files. */
  makeKeyRoom(bytes: number): void {
    while (this.keyEnd + bytes > this.keys.length) this.keys = grown(this.keys);
    while (this.idleKeyEnd + bytes > this.idleKeys.length) this.idleKeys = grown(this.idleKeys);
  }

  /** Where the next key of a user with operations begins. */
  get keyEnd(): number {
    return this.userCount === 0 ? 0 : (this.userKeyEnds[this.userCount - 1] ?? 0);
  }
  get idleKeyEnd(): number {
    return this.idleCount === 0 ? 0 : (this.idleKeyEnds[this.idleCount - 1] ?? 0);
  }

  /** The key must stand behind the others, the operations too. Of the line that `physicalLines` tells. */
  addUser(keyBytes: number, operationEnd: number, start: number, end: number, kept: number): void {
    const user = this.userCount;
    this.userKeyEnds[user] = this.keyEnd + keyBytes;
    this.userOperationEnds[user] = operationEnd;
    this.userLine[user] = this.physicalLines;
    this.userStart[user] = start;
    this.userEnd[user] = end;
    this.userKept[user] = kept;
    this.operationCount = operationEnd;
    this.userCount = user + 1;
  }

  /** The key must stand behind those of the users with operations. */
  addIdle(keyBytes: number, start: number, end: number, kept: number): void {
    const idle = this.idleCount;
    const { keyEnd, idleKeyEnd } = this;
    for (let at = 0; at < keyBytes; at++) this.idleKeys[idleKeyEnd + at] = this.keys[keyEnd + at] ?? 0;
    this.idleKeyEnds[idle] = idleKeyEnd + keyBytes;
    this.idleLine[idle] = this.physicalLines;
    this.idleStart[idle] = start;
    this.idleEnd[idle] = end;
    this.idleKept[idle] = kept;
    this.idleCount = idle + 1;
  }

  addFault(code: number, start: number, end: number, use: number): void {
    const fault = this.faultCount;
    this.faultCode[fault] = code;
    this.faultLine[fault] = this.physicalLines;
    this.faultStart[fault] = start;
    this.faultEnd[fault] = end;
    this.faultUse[fault] = use;
    this.faultUser[fault] = noUser;
    this.faultCount = fault + 1;
  }

  #growUsers(): void {
    this.userKeyEnds = grown(this.userKeyEnds);
    this.userOperationEnds = grown(this.userOperationEnds);
    this.userLine = grown(this.userLine);
    this.userStart = grown(this.userStart);
    this.userEnd = grown(this.userEnd);
    this.userKept = grown(this.userKept);
  }

  #growIdle(): void {
    this.idleKeyEnds = grown(this.idleKeyEnds);
    this.idleLine = grown(this.idleLine);
    this.idleStart = grown(this.idleStart);
    this.idleEnd = grown(this.idleEnd);
    this.idleKept = grown(this.idleKept);
  }

  #growFaults(): void {
    this.faultCode = grown(this.faultCode);
    this.faultLine = grown(this.faultLine);
    this.faultStart = grown(this.faultStart);
    this.faultEnd = grown(this.faultEnd);
    this.faultUse = grown(this.faultUse);
    this.faultUser = grown(this.faultUser);
  }
}

/** What goes with a chunk that is posted. Its arrays are empty afterwards, until its columns come back. */
export const buffersOf = (columns: ParsedColumns): ArrayBuffer[] =>
  Object.values(columns).flatMap((column: unknown) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));

function grown<T extends Column>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from);
  return to;
}
