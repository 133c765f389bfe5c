import type { Identifier } from './identifier.ts';
import { encodeIdentifier, encodeUserId, longestKeyBytes, userKeyBytes } from './identifier-key.ts';

/** What a batch is made of, as it goes to the engine. Plain memory: it may be shared with another thread. */
export interface BatchColumns {
  /** Four numbers per operation: segment, value, addedAtS, lifetime in minutes or a mark. */
  readonly operations: Uint32Array;
  /** The users' keys (identifier-key.ts), one behind the other. */
  readonly keys: Uint8Array;
  /** For each user the offset one behind its key. */
  readonly userKeyEnds: Uint32Array;
  /** For each user the index one behind its last operation. */
  readonly userOperationEnds: Uint32Array;
}

/** Words of an operation. */
export const operationWords = 4;

/**
 * Users and their operations, packed: no object for each operation, and ready to be handed to another thread. A user is the key
 * bytes of its identifier and the index one behind its last operation.
 */
export abstract class PackedBatch implements BatchColumns {
  #operations: Uint32Array = new Uint32Array(64);
  #operationCount = 0;
  #keys: Uint8Array = new Uint8Array(256);
  #keyEnd = 0;
  #userKeyEnds: Uint32Array = new Uint32Array(16);
  #userOperationEnds: Uint32Array = new Uint32Array(16);
  #userCount = 0;

  get operationCount(): number {
    return this.#operationCount;
  }
  get userCount(): number {
    return this.#userCount;
  }
  /** Valid until the next write to the batch, as all columns are. */
  get operations(): Uint32Array {
    return this.#operations.subarray(0, this.#operationCount * operationWords);
  }
  get keys(): Uint8Array {
    return this.#keys.subarray(0, this.#keyEnd);
  }
  get userKeyEnds(): Uint32Array {
    return this.#userKeyEnds.subarray(0, this.#userCount);
  }
  get userOperationEnds(): Uint32Array {
    return this.#userOperationEnds.subarray(0, this.#userCount);
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

  /** `forUser` for a key (identifier-key.ts) that stands in these bytes. */
  forKey(bytes: Uint8Array, start: number, end: number): this {
    const length = end - start;
    if (!(length > 0 && length <= longestKeyBytes)) throw new RangeError(`an identifier cannot have ${length} bytes`);
    this.#makeRoom(length);
    this.#keys.set(bytes.subarray(start, end), this.#keyEnd);
    return this.#beginUser(length);
  }

  clear(): void {
    this.#operationCount = 0;
    this.#keyEnd = 0;
    this.#userCount = 0;
  }

  /** One operation more of the current user. Answers its index. */
  protected push(segment: number, value: number, addedAtS: number, lifetime: number): number {
    if (this.#userCount === 0) throw new Error('an operation needs a user: call forUser first');
    if (!(segment >= 1 && segment <= 0xffff_ffff)) throw new RangeError(`a segment id cannot be ${segment} here`);
    const index = this.#operationCount;
    const at = index * operationWords;
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

  /** Becomes what the columns hold, without a copy. Throws RangeError where they do not fit together. */
  protected take(columns: BatchColumns): void {
    const { operations, keys, userKeyEnds, userOperationEnds } = columns;
    const userCount = userKeyEnds.length;
    if (userOperationEnds.length !== userCount) throw new RangeError('the users of a batch have two different numbers');
    let keyStart = 0;
    let operationEnd = 0;
    for (let user = 0; user < userCount; user++) {
      const keyEnd = userKeyEnds[user] as number;
      if (keyEnd <= keyStart || keyEnd - keyStart > longestKeyBytes) throw new RangeError(`user ${user} of a batch has no possible key`);
      if ((userOperationEnds[user] as number) < operationEnd) throw new RangeError(`the operations of user ${user} end before they begin`);
      keyStart = keyEnd;
      operationEnd = userOperationEnds[user] as number;
    }
    if (keyStart !== keys.length) throw new RangeError(`the keys of a batch end at ${keyStart} of ${keys.length} bytes`);
    if (operationEnd * operationWords !== operations.length)
      throw new RangeError(`${operationEnd} operations cannot have ${operations.length} words`);
    this.#operations = operations;
    this.#operationCount = operationEnd;
    this.#keys = keys;
    this.#keyEnd = keyStart;
    this.#userKeyEnds = userKeyEnds;
    this.#userOperationEnds = userOperationEnds;
    this.#userCount = userCount;
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
}

/** Twice as long, in memory of its own. */
export function grown<T extends Uint32Array | Uint8Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(Math.max(from.length * 2, 16));
  to.set(from);
  return to;
}
