import { removal } from '../../../profiles/operation-batch.ts';
import { faultCodes } from './fault-codes.ts';
import { lifetimeOf, notKept, removes } from './lifetime-of.ts';
import type { LineForm } from './line-form.ts';
import { noUse, type ParsedChunk } from './parsed-chunk.ts';
import { noNumber } from './read-number.ts';
import { type SegmentTable, stateCodes } from './segment-table.ts';

/** Writes the pairs of one line behind the operations of a chunk, without counting them there, and the faults of its pairs. */
export class PairWriting {
  /** Index one behind the line's last operation. */
  operationEnd = 0;
  /** Accepted pairs that write nothing. */
  kept = 0;
  readonly #table: SegmentTable;
  readonly #form: LineForm;

  constructor(form: LineForm, table: SegmentTable) {
    this.#form = form;
    this.#table = table;
  }

  begin(into: ParsedChunk): void {
    this.operationEnd = into.operationCount;
    this.kept = 0;
  }

  /**
   * @param use the segment's number in the job; the table knows its state
   * @param expiration minutes, `removes`, or `unsent`
   * @param timestamp Unix seconds, `noNumber` where it is invalid
   * @param start where the line begins; its end is behind it
   */
  write(use: number, value: number, expiration: number, timestamp: number, start: number, end: number, into: ParsedChunk): void {
    const table = this.#table;
    const state = table.states[use] ?? stateCodes.unasked;
    if (state !== stateCodes.usable) {
      into.addFault(faultOfState(state), start, end, use);
      return;
    }
    if (timestamp === noNumber) {
      into.addFault(faultCodes.timestamp, start, end, noUse);
      return;
    }
    const lifetime = lifetimeOf(expiration, table.expirations[use] ?? 0, this.#form.defaultExpiration);
    if (lifetime === notKept) this.kept += 1;
    else if (lifetime === removes) this.#writeOperation(into, use, 0, 0, removal);
    else if (timestamp + lifetime * 60 > this.#form.nowS) this.#writeOperation(into, use, value, timestamp, lifetime);
    else into.addFault(faultCodes.pastExpiration, start, end, use);
  }

  #writeOperation(into: ParsedChunk, use: number, value: number, addedAtS: number, lifetime: number): void {
    const { operations } = into;
    const operation = this.operationEnd;
    const at = operation * 4;
    operations[at] = this.#table.segments[use] ?? 0;
    operations[at + 1] = value;
    operations[at + 2] = addedAtS;
    operations[at + 3] = lifetime;
    into.operationUses[operation] = use;
    this.operationEnd = operation + 1;
  }
}

const faultOfState = (state: number): number =>
  state === stateCodes.invalid
    ? faultCodes.invalidSegment
    : state === stateCodes.unauthorized
      ? faultCodes.unauthorizedSegment
      : faultCodes.inactiveSegment;
