import { Buffer } from 'node:buffer';
import { removal } from '../../../profiles/operation-batch.ts';
import { outcomeCodes } from '../../../profiles/profile-store.ts';
import { type BatchCounter, type BatchCounts, noCounts } from '../batch-job.ts';
import { faultCodes, formatFaultText, isFormatFault } from '../parse/fault-codes.ts';
import { noUser, type ParsedColumns } from '../parse/parsed-chunk.ts';
import type { WrittenChunk } from './written-chunk.ts';
import { SegmentMarks } from './segment-marks.ts';

/** A job's counters and logs at one moment. */
export interface ReportSnapshot {
  readonly counts: BatchCounts;
  readonly lines: number;
  readonly errorLogLines: string | null;
  readonly segmentLogLines: string | null;
  readonly undoBytes: number;
}

/** A line that is refused, in whole or in part. */
export interface RefusedLine {
  /** From 1, blank ones counted. */
  readonly line: number;
  /** Counters, each once. */
  readonly codes: readonly BatchCounter[];
  readonly message: string;
  readonly text: Uint8Array;
}

/** A chunk that has been written, with the text that its offsets mean. */
export interface WrittenStretch {
  readonly columns: ParsedColumns;
  readonly written: WrittenChunk;
  readonly bytes: Uint8Array;
  /** The number of the chunk's first line, from 1. */
  readonly firstLine: number;
}

const mostLineCharacters = 1000;
const mostSegmentsLogged = 200;
const { applied, full } = outcomeCodes;
const overLimit = outcomeCodes['over-limit'];

/** By fault code: what it counts as. */
const counterOf: Readonly<Record<number, BatchCounter>> = {
  [faultCodes.user]: 'num_invalid_user',
  [faultCodes.invalidSegment]: 'num_invalid_segment',
  [faultCodes.unauthorizedSegment]: 'num_unauth_segment',
  [faultCodes.inactiveSegment]: 'num_inactive_segment',
  [faultCodes.timestamp]: 'num_invalid_timestamp',
  [faultCodes.pastExpiration]: 'num_past_expiration',
};
const messageOf: Readonly<Partial<Record<BatchCounter, string>>> = {
  num_invalid_user: 'the user id is malformed, opted out, not mapped, or of nobody that was seen before',
  num_invalid_segment: 'a segment does not exist',
  num_unauth_segment: 'a segment may not be written by this member',
  num_inactive_segment: 'a segment is switched off',
  num_invalid_timestamp: 'a timestamp is no Unix time in seconds',
  num_past_expiration: 'a membership would have ended already',
  num_other_error: "there is no room: the server or the profile is full, or the segment's owner has reached its limit",
};

/** One thing that is wrong with a line of the chunk. */
interface Fault {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly counter: BatchCounter;
  readonly message: string;
}

/**
 * Counts what became of a file, chunk after chunk in its order (ingest.md section 4.5), and keeps its logs. A chunk in which all went well
 * costs one look at each operation's segment; lines are only looked at where something is wrong.
 */
export class JobReport {
  readonly counts = noCounts();
  readonly #errorLogLines: number;
  readonly #onRefused: (line: RefusedLine) => void;
  readonly #marks = new SegmentMarks();
  readonly #errors: string[] = [];
  #lines = 0;
  undoBytes = 0;

  /** @param onRefused told of every refused line, in file order */
  constructor(errorLogLines: number, onRefused: (line: RefusedLine) => void) {
    this.#errorLogLines = errorLogLines;
    this.#onRefused = onRefused;
  }

  /** Lines of a wrong format or with an invalid user. */
  get invalidLines(): number {
    return this.counts.num_invalid_format + this.counts.num_invalid_user;
  }

  add({ columns, written, bytes, firstLine }: WrittenStretch): void {
    const { counts } = this;
    this.#lines += columns.lines;
    counts.num_added += written.added;
    counts.num_refreshed += written.refreshed;
    counts.num_removed += written.removed;
    const faults: Fault[] = [];
    const refusedUsers = this.#countUsers(columns, written, faults);
    this.#countIdle(columns, written, faults);
    if (columns.faultCount > 0) this.#countFaults(columns, written, refusedUsers, faults);
    if (faults.length > 0) this.#tell(faults, bytes, firstLine);
  }

  /** The segment's id that each use stands for, known when its first membership is counted. */
  nameUses(segments: Uint32Array, count: number): void {
    this.#marks.name(segments, count);
  }

  snapshot(): ReportSnapshot {
    return {
      counts: { ...this.counts },
      lines: this.#lines,
      errorLogLines: this.#errors.length === 0 ? null : this.#errors.join('\n'),
      segmentLogLines: this.#marks.log(mostSegmentsLogged),
      undoBytes: this.undoBytes,
    };
  }

  /** Answers the users that the store refused, by index; null where it refused none. */
  #countUsers(columns: ParsedColumns, { outcomes }: WrittenChunk, faults: Fault[]): Uint8Array | null {
    const { userCount, operationCount, operations, operationUses, userKept } = columns;
    const { counts } = this;
    if (outcomes === null) {
      counts.num_valid_user += userCount;
      counts.num_valid += operationCount;
      for (let user = 0; user < userCount; user++) counts.num_valid += userKept[user] as number;
      for (let operation = 0; operation < operationCount; operation++)
        this.#marks.count(operationUses[operation] as number, operations[operation * 4 + 3] === removal);
      return null;
    }
    const refused = new Uint8Array(userCount);
    let operation = 0;
    for (let user = 0; user < userCount; user++) {
      const end = columns.userOperationEnds[user] as number;
      const line = {
        line: columns.userLine[user] as number,
        start: columns.userStart[user] as number,
        end: columns.userEnd[user] as number,
      };
      if (isUserRefusal(outcomes[operation] as number)) {
        refused[user] = 1;
        operation = end;
        this.#invalidUser(line, faults);
        continue;
      }
      counts.num_valid_user += 1;
      counts.num_valid += userKept[user] as number;
      let others = 0;
      for (; operation < end; operation++) {
        if (outcomes[operation] === applied) {
          counts.num_valid += 1;
          this.#marks.count(operationUses[operation] as number, operations[operation * 4 + 3] === removal);
        } else others += 1;
      }
      counts.num_other_error += others;
      if (others > 0) faults.push({ ...line, counter: 'num_other_error', message: messageOf.num_other_error ?? '' });
    }
    return refused;
  }

  #countIdle(columns: ParsedColumns, { idleRefused }: WrittenChunk, faults: Fault[]): void {
    for (let idle = 0; idle < columns.idleCount; idle++) {
      const line = {
        line: columns.idleLine[idle] as number,
        start: columns.idleStart[idle] as number,
        end: columns.idleEnd[idle] as number,
      };
      if (idleRefused?.[idle] === 1) this.#invalidUser(line, faults);
      else {
        this.counts.num_valid_user += 1;
        this.counts.num_valid += columns.idleKept[idle] as number;
      }
    }
  }

  #invalidUser(line: Pick<Fault, 'line' | 'start' | 'end'>, faults: Fault[]): void {
    this.counts.num_invalid_user += 1;
    faults.push({ ...line, counter: 'num_invalid_user', message: messageOf.num_invalid_user ?? '' });
  }

  #countFaults(columns: ParsedColumns, { idleRefused }: WrittenChunk, refusedUsers: Uint8Array | null, faults: Fault[]): void {
    const { counts } = this;
    for (let fault = 0; fault < columns.faultCount; fault++) {
      const code = columns.faultCode[fault] as number;
      const user = columns.faultUser[fault] as number;
      const use = columns.faultUse[fault] as number;
      const line = {
        line: columns.faultLine[fault] as number,
        start: columns.faultStart[fault] as number,
        end: columns.faultEnd[fault] as number,
      };
      if (isFormatFault(code)) {
        counts.num_invalid_format += 1;
        faults.push({ ...line, counter: 'num_invalid_format', message: formatFaultText(code) });
        continue;
      }
      const refused = user === noUser ? false : user >= 0 ? refusedUsers?.[user] === 1 : idleRefused?.[~user] === 1;
      if (refused) continue;
      const counter = counterOf[code];
      if (counter === undefined) throw new RangeError(`no fault has the code ${code}`);
      if (use < 0 || this.#marks.isNew(counter, use)) counts[counter] += 1;
      faults.push({ ...line, counter, message: messageOf[counter] ?? '' });
    }
  }

  /** By line, and in a line each counter once. */
  #tell(faults: Fault[], bytes: Uint8Array, firstLine: number): void {
    faults.sort((a, b) => a.line - b.line);
    for (let at = 0; at < faults.length;) {
      const first = faults[at] as Fault;
      const messages = new Map<BatchCounter, string>();
      for (; faults[at]?.line === first.line; at++) {
        const { counter, message } = faults[at] as Fault;
        if (!messages.has(counter)) messages.set(counter, message);
      }
      const text = bytes.subarray(first.start, first.end);
      this.#log(messages, text);
      this.#onRefused({ line: firstLine + first.line, codes: [...messages.keys()], message: [...messages.values()].join('; '), text });
    }
  }

  #log(messages: ReadonlyMap<BatchCounter, string>, text: Uint8Array): void {
    for (const [counter, message] of messages) {
      if (this.#errors.length >= this.#errorLogLines) return;
      const line = Buffer.from(text.subarray(0, mostLineCharacters)).toString('latin1');
      this.#errors.push(counter === 'num_invalid_format' ? `${counter}-${line} ${message}` : `${counter}-${line}`);
    }
  }
}

/** All operations of a user that the store does not take have the same outcome. */
const isUserRefusal = (outcome: number): boolean => outcome !== applied && outcome !== full && outcome !== overLimit;
