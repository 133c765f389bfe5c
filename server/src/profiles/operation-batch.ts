import type { SegmentId } from '../kit/ids.ts';
import type { Identifier } from './identifier.ts';
import { encodeIdentifier, encodeUserId, longestKeyBytes, userKeyBytes } from './identifier-key.ts';

/** The lifetime that never ends, in the packed form. */
export const neverEnds = 0xffff_ffff;
/** The lifetime that marks a removal, in the packed form. */
export const removal = 0xffff_fffe;
/** Longest lifetime in minutes that an addition can have (2^31-1, the largest `expiration` of ingest.md section 3.1). */
export const longestLifetimeMinutes = 0x7fff_ffff;

/**
 * Operations in the order in which they are to run, packed: no object for each membership, and ready to be handed to another
 * thread. An operation is four 32-bit numbers (segment, value, addedAtS, lifetime in minutes or a mark); a user is the
 * key bytes of its identifier and the index one behind its last operation.
 */
export class OperationBatch {
  #operations = new Uint32Array(64);
  #operationCount = 0;
  #keys = new Uint8Array(256);
  #keyEnd = 0;
  #userKeyEnds = new Uint32Array(16);
  #userOperationEnds = new Uint32Array(16);
  #userCount = 0;

  get operationCount(): number {
    return this.#operationCount;
  }
  get userCount(): number {
    return this.#userCount;
  }
  /** Four numbers per operation: segment, value, addedAtS, lifetime. Valid until the next write to the batch. */
  get operations(): Uint32Array {
    return this.#operations.subarray(0, this.#operationCount * 4);
  }
  /** The users' keys, one behind the other. */
  get keys(): Uint8Array {
    return this.#keys.subarray(0, this.#keyEnd);
  }
  /** For each user the offset one behind its key. */
  get userKeyEnds(): Uint32Array {
    return this.#userKeyEnds.subarray(0, this.#userCount);
  }
  /** For each user the index one behind its last operation. */
  get userOperationEnds(): Uint32Array {
    return this.#userOperationEnds.subarray(0, this.#userCount);
  }

  /** Takes an operation back before it is written: it becomes a removal from no segment, which changes nothing. */
  withdraw(operation: number): void {
    if (!(operation >= 0 && operation < this.#operationCount)) throw new RangeError(`there is no operation ${operation}`);
    this.#operations[operation * 4] = 0;
    this.#operations[operation * 4 + 3] = removal;
  }

  /** The operations that follow are this user's. A user may come more than once. */
  forUser(identifier: Identifier): this {
    this.#makeRoom(encodeIdentifier.maxBytes(identifier));
    const length = encodeIdentifier(identifier, this.#keys, this.#keyEnd);
    if (length > longestKeyBytes) throw new RangeError(`an identifier cannot have ${length} bytes`);
    return this.#beginUser(length);
  }

  /** `forUser` for a user id by its halves, unsigned 32-bit numbers. */
  forUserId(low: number, high: number): this {
    this.#makeRoom(userKeyBytes);
    encodeUserId(low, high, this.#keys, this.#keyEnd);
    return this.#beginUser(userKeyBytes);
  }

  /**
   * Adds or refreshes a membership of the current user. Answers the operation's index.
   * Segment ids are below 2^32 here, values and lifetimes below 2^31, times below 2^32; others are the caller's bug: RangeError.
   */
  add(segment: SegmentId, value: number, addedAtS: number, lifetimeMinutes: number | null): number {
    if (!(value >= 0 && value <= 0x7fff_ffff) || !(addedAtS >= 0 && addedAtS <= 0xffff_ffff))
      throw new RangeError('value or addedAtS out of range');
    if (lifetimeMinutes !== null && !(lifetimeMinutes >= 0 && lifetimeMinutes <= longestLifetimeMinutes))
      throw new RangeError('lifetime out of range');
    return this.#push(segment, value, addedAtS, lifetimeMinutes ?? neverEnds);
  }

  /** Ends a membership of the current user; a user that is not in the segment stays as it is. */
  remove(segment: SegmentId): number {
    return this.#push(segment, 0, 0, removal);
  }

  clear(): void {
    this.#operationCount = 0;
    this.#keyEnd = 0;
    this.#userCount = 0;
  }

  /** For one user more, with a key of at most so many bytes. */
  #makeRoom(keyBytes: number): void {
    if (this.#userCount === this.#userKeyEnds.length) {
      this.#userKeyEnds = grown(this.#userKeyEnds);
      this.#userOperationEnds = grown(this.#userOperationEnds);
    }
    while (this.#keyEnd + keyBytes > this.#keys.length) this.#keys = grown(this.#keys);
  }

  /** @param keyBytes length of the key that was written behind the others */
  #beginUser(keyBytes: number): this {
    const user = this.#userCount;
    this.#keyEnd += keyBytes;
    this.#userKeyEnds[user] = this.#keyEnd;
    this.#userOperationEnds[user] = this.#operationCount;
    this.#userCount = user + 1;
    return this;
  }

  #push(segment: number, value: number, addedAtS: number, lifetime: number): number {
    if (this.#userCount === 0) throw new Error('an operation needs a user: call forUser first');
    if (!(segment >= 1 && segment <= 0xffff_ffff)) throw new RangeError(`a segment id cannot be ${segment} here`);
    const index = this.#operationCount;
    const at = index * 4;
    if (at === this.#operations.length) this.#operations = grown(this.#operations);
    const operations = this.#operations;
    operations[at] = segment;
    operations[at + 1] = value;
    operations[at + 2] = addedAtS;
    operations[at + 3] = lifetime;
    this.#operationCount = index + 1;
    this.#userOperationEnds[this.#userCount - 1] = index + 1;
    return index;
  }
}

function grown<T extends Uint32Array | Uint8Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from);
  return to;
}
