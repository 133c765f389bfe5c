import type { SegmentId } from '../kit/ids.ts';
import { neverEnds, removal } from './operation-batch.ts';
import { type BatchColumns, grown, PackedBatch } from './packed-batch.ts';
import { beforeKind } from './before-image.ts';

/** A `RestoreBatch` as it goes to the engine: its operations are what was before, with the mark of a removal where nothing was. */
export interface RestoreColumns extends BatchColumns {
  /** Two numbers per operation: the source of what was before, and `endWord` of what the job added; `jobRemoved` where it removed. */
  readonly origins: Uint32Array;
}

/** Words of an operation among the origins. */
export const originWords = 2;
export const jobRemoved = 0;

/** When a membership ends, in one word: Unix seconds, never 0; `neverEnds` for ever. */
const endWord = (addedAtS: number, lifetimeMinutes: number | null): number =>
  lifetimeMinutes === null ? neverEnds : Math.min(Math.max(addedAtS + lifetimeMinutes * 60, 1), neverEnds);

/**
 * What a job did and what was there before, packed: for `ProfileStore.restore`, in the order in which it is to be taken back. `before` are
 * words as `ApplyResult.before` has them, and `at` where those of the operation begin; RangeError where they cannot be.
 */
export class RestoreBatch extends PackedBatch implements RestoreColumns {
  #origins = new Uint32Array(32);

  get origins(): Uint32Array {
    return this.#origins.subarray(0, this.operationCount * originWords);
  }

  /** The job added or refreshed a membership of the current user, with this time and lifetime. Answers the operation's index. */
  takeBackAddition(segment: SegmentId, addedAtS: number, lifetimeMinutes: number | null, before: Uint32Array, at = 0): number {
    if (before[at] === beforeKind.held) return this.#pushHeld(segment, endWord(addedAtS, lifetimeMinutes), before, at);
    if (before[at] !== beforeKind.none) throw new RangeError(`an addition cannot have a before-image of kind ${before[at]}`);
    return this.#pushOrigin(this.push(segment, 0, 0, removal), 0, endWord(addedAtS, lifetimeMinutes));
  }

  /** The job removed the membership that was before. Answers the operation's index. */
  takeBackRemoval(segment: SegmentId, before: Uint32Array, at = 0): number {
    if (before[at] !== beforeKind.held) throw new RangeError(`a removal cannot have a before-image of kind ${before[at]}`);
    return this.#pushHeld(segment, jobRemoved, before, at);
  }

  #pushHeld(segment: SegmentId, end: number, before: Uint32Array, at: number): number {
    const [value = 0, addedAtS = 0, lifetime = removal, source = 0] = before.subarray(at + 1, at + 5);
    if (value > 0x7fff_ffff || source > 0x7fff_ffff || (lifetime > 0x7fff_ffff && lifetime !== neverEnds))
      throw new RangeError('a before-image is out of range');
    return this.#pushOrigin(this.push(segment, value, addedAtS, lifetime), source, end);
  }

  #pushOrigin(operation: number, source: number, end: number): number {
    const at = operation * originWords;
    if (at === this.#origins.length) this.#origins = grown(this.#origins);
    this.#origins[at] = source;
    this.#origins[at + 1] = end;
    return operation;
  }
}
