import type { SegmentId } from '../kit/ids.ts';
import { decodeIdentifier, longestKeyBytes } from './identifier-key.ts';
import { neverEnds } from './operation-batch.ts';
import type { Identifier } from './identifier.ts';
import type { ScanFields, ScannedUser, ScanPage } from './profile-store.ts';
import { sourceFromWord } from './source-word.ts';

/** Words of a `ScanPage` for each user. */
export const scanPageWords = 4;

/** A page's users as objects, for callers that are not in a hurry. */
export function* scannedUsers(page: ScanPage): Generator<ScannedUser> {
  const { segment, count, keys, keyEnds, memberships } = page;
  for (let user = 0, keyStart = 0, at = 0; user < count; user++, at += scanPageWords) {
    const keyEnd = keyEnds[user] as number;
    const lifetime = memberships[at + 2] as number;
    yield {
      identifier: decodeIdentifier(keys.subarray(keyStart, keyEnd)),
      membership: {
        segment,
        value: memberships[at] as number,
        addedAtS: memberships[at + 1] as number,
        lifetimeMinutes: lifetime === neverEnds ? null : lifetime,
        source: sourceFromWord(memberships[at + 3] as number),
      },
    };
    keyStart = keyEnd;
  }
}

/** A page's users by their first identifiers, whatever else the page holds. */
export function* scannedIdentifiers({ count, keys, keyEnds }: ScanPage): Generator<Identifier> {
  for (let user = 0, keyStart = 0; user < count; user++) {
    const keyEnd = keyEnds[user] as number;
    yield decodeIdentifier(keys.subarray(keyStart, keyEnd));
    keyStart = keyEnd;
  }
}

/** Collects a page: keys and, where it holds them, memberships. Writing past `rewind` overwrites, so that a reader can take back what it read. */
export class ScanPageBuilder {
  readonly #segment: SegmentId;
  #count = 0;
  #keyEnd = 0;
  #membershipEnd = 0;
  #keys: Uint8Array<ArrayBuffer>;
  #keyEnds: Uint32Array<ArrayBuffer>;
  #memberships: Uint32Array<ArrayBuffer>;

  /** Room for so many users at first; it grows. */
  constructor(segment: SegmentId, users: number, fields: ScanFields) {
    this.#segment = segment;
    const room = Math.max(users, 1);
    this.#keys = new Uint8Array(room * 12 + longestKeyBytes);
    this.#keyEnds = new Uint32Array(room);
    this.#memberships = new Uint32Array(fields === 'keys' ? 0 : room * scanPageWords);
  }

  /** Where the next key goes in `keys`. */
  get keyEnd(): number {
    return this.#keyEnd;
  }

  /** The array to write the next key into, at `keyEnd`; it has room for the longest one. */
  get keys(): Uint8Array {
    if (this.#keyEnd + longestKeyBytes > this.#keys.length) {
      const keys = new Uint8Array(this.#keys.length * 2);
      keys.set(this.#keys);
      this.#keys = keys;
    }
    return this.#keys;
  }

  /** Adds a user whose key of so many bytes has been written at `keyEnd`. */
  addKey(keyBytes: number): void {
    const user = this.#count;
    if (user === this.#keyEnds.length) this.#keyEnds = grown(this.#keyEnds);
    this.#keyEnd += keyBytes;
    this.#keyEnds[user] = this.#keyEnd;
    this.#count = user + 1;
  }

  /** Adds the next membership: those of a page come in the order of its keys. */
  addMembership(value: number, addedAtS: number, lifetime: number, source: number): void {
    const at = this.#membershipEnd;
    if (at === this.#memberships.length) this.#memberships = grown(this.#memberships);
    this.#memberships[at] = value;
    this.#memberships[at + 1] = addedAtS;
    this.#memberships[at + 2] = lifetime;
    this.#memberships[at + 3] = source;
    this.#membershipEnd = at + scanPageWords;
  }

  /** Back to the first `count` users. */
  rewind(count: number): void {
    this.#count = count;
    this.#keyEnd = count === 0 ? 0 : (this.#keyEnds[count - 1] as number);
    this.#membershipEnd = Math.min(this.#membershipEnd, count * scanPageWords);
  }

  page(next: number | null): ScanPage {
    return {
      segment: this.#segment,
      count: this.#count,
      keys: this.#keys.subarray(0, this.#keyEnd),
      keyEnds: this.#keyEnds.subarray(0, this.#count),
      memberships: this.#memberships.subarray(0, this.#membershipEnd),
      next,
    };
  }
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(words.length * 2);
  more.set(words);
  return more;
}
