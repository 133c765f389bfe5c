import type { SegmentId } from '../kit/ids.ts';
import { type BatchColumns, PackedBatch, operationWords } from './packed-batch.ts';

/** The lifetime that never ends, in the packed form. */
export const neverEnds = 0xffff_ffff;
/** The lifetime that marks a removal, in the packed form. */
export const removal = 0xffff_fffe;
/** Longest lifetime in minutes that an addition can have (2^31-1, the largest `expiration` of ingest.md section 3.1). */
export const longestLifetimeMinutes = 0x7fff_ffff;
const highestValue = 0x7fff_ffff;

/** Additions and removals in the order in which they are to run, packed. */
export class OperationBatch extends PackedBatch {
  /**
   * The batch that another thread packed; only looked through, not copied. The columns are the batch's from then on: `withdraw` writes into them.
   * They must be exactly as long as what they hold. Throws RangeError where they do not fit together, or hold what `add` would refuse.
   */
  static ofColumns(columns: BatchColumns): OperationBatch {
    const batch = new OperationBatch();
    checkOperations(columns.operations);
    batch.take(columns);
    return batch;
  }

  /** Takes an operation back before it is written: it changes nothing, and its outcome is `over-limit` where its user would be written. */
  withdraw(operation: number): void {
    if (!(operation >= 0 && operation < this.operationCount)) throw new RangeError(`there is no operation ${operation}`);
    const { operations } = this;
    operations[operation * operationWords] = withdrawn;
    operations[operation * operationWords + 3] = removal;
  }

  /**
   * Adds or refreshes a membership of the current user. Answers the operation's index.
   * Segment ids are below 2^32 here, values and lifetimes below 2^31, times below 2^32; others are the caller's bug: RangeError.
   */
  add(segment: SegmentId, value: number, addedAtS: number, lifetimeMinutes: number | null): number {
    if (!(value >= 0 && value <= highestValue) || !(addedAtS >= 0 && addedAtS <= 0xffff_ffff))
      throw new RangeError('value or addedAtS out of range');
    if (lifetimeMinutes !== null && !(lifetimeMinutes >= 0 && lifetimeMinutes <= longestLifetimeMinutes))
      throw new RangeError('lifetime out of range');
    return this.push(segment, value, addedAtS, lifetimeMinutes ?? neverEnds);
  }

  /** Ends a membership of the current user; a user that is not in the segment stays as it is. */
  remove(segment: SegmentId): number {
    return this.push(segment, 0, 0, removal);
  }
}

/** In place of the segment of an operation that was withdrawn. */
export const withdrawn = 0;

function checkOperations(operations: Uint32Array): void {
  for (let at = 0; at < operations.length; at += operationWords) {
    const lifetime = operations[at + 3] as number;
    const isAddition = lifetime !== removal;
    if (isAddition && (operations[at] === withdrawn || (operations[at + 1] as number) > highestValue))
      throw new RangeError(`operation ${at / operationWords} has no segment, or its value is out of range`);
    if (isAddition && lifetime !== neverEnds && lifetime > longestLifetimeMinutes)
      throw new RangeError(`operation ${at / operationWords} has a lifetime out of range`);
  }
}
