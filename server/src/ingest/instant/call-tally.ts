import { Buffer } from 'node:buffer';
import { asUserId } from '../../kit/ids.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import { outcomeCodes } from '../../profiles/profile-store.ts';
import { type HourCounts, log, mostEntries, type SegmentEntry } from './hour-counts.ts';
import { neverExpires, notKept, removes, type SegmentUse, type SegmentUses } from './segment-uses.ts';

/** A user of the call that no user id names. */
interface NamedUser {
  /** As sent. */
  readonly id: string;
  readonly domain: string | null;
  /** Null: the id is malformed. */
  readonly identifier: Identifier | null;
}

/** A power of two, more than a log shows. */
const marksKept = 256;

/**
 * Marks of the newest of what was counted, as many as a log shows. A call adds 100,000 memberships and more, of which the log keeps
 * 200: only these are made into entries.
 */
class Newest {
  readonly #users = new Int32Array(marksKept);
  readonly #entries = new Int32Array(marksKept);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  add(user: number, entry: number): void {
    const at = this.#count % marksKept;
    this.#users[at] = user;
    this.#entries[at] = entry;
    this.#count += 1;
  }

  /** Oldest first. */
  each(take: (user: number, entry: number) => void): void {
    const count = this.#count;
    for (let mark = Math.max(0, count - mostEntries); mark < count; mark++) {
      const at = mark % marksKept;
      take(this.#users[at] ?? 0, this.#entries[at] ?? 0);
    }
  }
}

/** Filled and read within one `countInto`, which nothing interrupts. */
const newestUsers = new Newest();
const newestAdditions = new Newest();
const newestRemovals = new Newest();
const newestSegments = new Newest();

const longestShown = 255;
/** More than a call names (100,000) beside those that are kept of calls before it (100,000). */
const mostUses = 2 ** 18;

/** What `#firsts` answers where every user of a call comes once. */
const nobodyAgain = new Int32Array(0);

/**
 * What one call asked for, kept until the store has answered and then counted, deduplicated within the call
 * (ingest.md section 3.4). Columns instead of objects, because a call may hold 100,000 entries. One serves many calls, one after the other.
 */
export class CallTally {
  #uses: SegmentUses | null = null;
  /** By entry: the segment's number in `uses`, the expiration that is acted on, and its operation in the batch. */
  #entryUses = new Int32Array(64);
  #expirations = new Int32Array(64);
  #operations = new Int32Array(64);
  #entryCount = 0;
  /** By user: the halves of its user id; what names it where no user id does; its first operation; one behind its last entry; is it invalid? */
  #lows = new Uint32Array(16);
  #highs = new Uint32Array(16);
  readonly #named: (NamedUser | null)[] = [];
  #firstOperations = new Int32Array(16);
  #entryEnds = new Int32Array(16);
  #invalid = new Uint8Array(16);
  #userCount = 0;
  #namedCount = 0;
  /** Of the user whose entries are being added. */
  #stamp = 0;

  /** A call begins that names segments so. */
  begin(uses: SegmentUses): void {
    this.#uses = uses;
    this.#stamp = uses.newStamp();
  }

  /** The call is counted or given up. */
  clear(): void {
    this.#uses = null;
    this.#entryCount = 0;
    this.#userCount = 0;
    if (this.#namedCount > 0) this.#named.length = 0;
    this.#namedCount = 0;
  }

  /**
   * A segment of the user that `endUser` or `endUserId` will name; nothing where the user has it already, additions and removals apart.
   * Nothing else may add entries for the same uses between the first entry of a user and its end.
   * @param use its number in `uses` @param operation its index in the batch; -1 where nothing is written
   */
  addEntry(use: number, expiration: number, operation: number): void {
    const uses = this.#uses;
    if (!uses?.mark(use, expiration === removes && uses.isUsable(use), this.#stamp)) return;
    const entry = this.#entryCount;
    if (entry === this.#entryUses.length) this.#growEntries();
    this.#entryUses[entry] = use;
    this.#expirations[entry] = expiration;
    this.#operations[entry] = operation;
    this.#entryCount = entry + 1;
  }

  /** @param firstOperation in the batch; -1 where nothing of the user is written */
  endUser(id: string, domain: string | null, identifier: Identifier | null, firstOperation: number): void {
    if (identifier?.kind === 'user')
      return this.endUserId(Number(BigInt.asUintN(32, identifier.id)), Number(identifier.id >> 32n), firstOperation);
    this.#named[this.#userCount] = { id, domain, identifier };
    this.#namedCount += 1;
    return this.#endUser(firstOperation, identifier === null);
  }

  /** `endUser` for a user id by its halves. */
  endUserId(low: number, high: number, firstOperation: number): void {
    const user = this.#userCount;
    this.#named[user] = null;
    if (user === this.#lows.length) this.#growUsers();
    this.#lows[user] = low;
    this.#highs[user] = high;
    this.#endUser(firstOperation, false);
  }

  #endUser(firstOperation: number, invalid: boolean): void {
    const user = this.#userCount;
    if (user === this.#lows.length) this.#growUsers();
    this.#firstOperations[user] = firstOperation;
    this.#entryEnds[user] = this.#entryCount;
    this.#invalid[user] = Number(invalid);
    this.#userCount = user + 1;
    this.#stamp = this.#uses?.newStamp() ?? 0;
  }

  /** Users with a well-formed id of whom nothing is written: only the store knows whether they are valid (`markInvalid`). */
  *unwritten(): Iterable<{ readonly user: number; readonly identifier: Identifier }> {
    for (let user = 0; user < this.#userCount; user++) {
      if ((this.#firstOperations[user] ?? 0) >= 0) continue;
      const named = this.#named[user];
      const identifier = named ? named.identifier : ({ kind: 'user', id: asUserId(this.#userIdOf(user)) } as const);
      if (identifier !== null) yield { user, identifier };
    }
  }

  /** @param user as `unwritten` told it */
  markInvalid(user: number): void {
    this.#invalid[user] = 1;
  }

  /** Counts the call. @param outcomes of the batch, one per operation. */
  countInto(counts: HourCounts, outcomes: Uint8Array): void {
    const uses = this.#uses;
    if (!uses) return;
    const firsts = this.#firsts();
    const pairs = firsts === nobodyAgain ? null : new Set<number>();
    const call = uses.newStamp();
    for (const newest of [newestUsers, newestAdditions, newestRemovals, newestSegments]) newest.clear();
    let entry = 0;
    for (let at = 0; at < this.#userCount; at++) {
      const met = firsts[at] ?? -1;
      const first = met < 0 ? at : met;
      const entryEnd = this.#entryEnds[at] ?? 0;
      if (this.#invalid[at] === 1 || isRefused(outcomes[this.#firstOperations[at] ?? -1])) {
        if (first === at) countInvalidUser(counts, this.#textOf(at));
        entry = entryEnd;
        continue;
      }
      if (first === at) {
        counts.validUsers += 1;
        newestUsers.add(at, entry);
      }
      for (; entry < entryEnd; entry++)
        if (pairs === null || met < 0 || this.#isFirst(pairs, entry, first)) this.#countEntry(uses, counts, entry, at, call, outcomes);
    }
    this.#logNewest(uses, counts);
  }

  #logNewest(uses: SegmentUses, { logs }: HourCounts): void {
    let shownUser = -1;
    let text = '';
    const shown = (user: number): string => {
      if (user !== shownUser) text = shortened(this.#textOf(user));
      shownUser = user;
      return text;
    };
    const segment = (entry: number): number | string => uses.at(this.#entryUses[entry] ?? -1).id;
    newestSegments.each((_user, entry) => log(logs.segments, segmentEntry(uses.at(this.#entryUses[entry] ?? -1))));
    newestUsers.each((user) => log(logs.users, shown(user)));
    newestRemovals.each((user, entry) => log(logs.removals, [shown(user), segment(entry), removes]));
    newestAdditions.each((user, entry) => {
      const expiration = this.#expirations[entry] ?? 0;
      log(logs.additions, [shown(user), segment(entry), expiration === notKept ? neverExpires : expiration]);
    });
  }

  /** @param at the user's place in the call @param call the stamp of this counting */
  #countEntry(uses: SegmentUses, counts: HourCounts, entry: number, at: number, call: number, outcomes: Uint8Array): void {
    const use = this.#entryUses[entry] ?? -1;
    if (!uses.isUsable(use)) {
      countProblem(counts, uses.at(use), uses.markTold(use, call));
      return;
    }
    const outcome = outcomes[this.#operations[entry] ?? -1];
    if (outcome === outcomeCodes.full || outcome === outcomeCodes['over-limit']) {
      counts.otherErrors += 1;
      return;
    }
    // A segment is named once in a call.
    if (uses.markTold(use, call)) newestSegments.add(at, entry);
    if (this.#expirations[entry] === removes) {
      counts.validRemoves += 1;
      newestRemovals.add(at, entry);
    } else {
      counts.validAdds += 1;
      newestAdditions.add(at, entry);
    }
  }

  /** Is this the first time that the pair of user and segment is counted in the call, additions and removals apart? */
  #isFirst(pairs: Set<number>, entry: number, user: number): boolean {
    const use = this.#entryUses[entry] ?? -1;
    const removal = this.#expirations[entry] === removes && this.#uses?.isUsable(use) === true;
    const key = (user * mostUses + use) * 2 + Number(removal);
    if (pairs.has(key)) return false;
    pairs.add(key);
    return true;
  }

  /** For each user that comes more than once the place at which it came first, -1 for the others. */
  #firsts(): Int32Array {
    const count = this.#userCount;
    if (count < 2) return nobodyAgain;
    const firsts = new Int32Array(count).fill(-1);
    const names = new Map<string, number>();
    const slots = 2 ** (34 - Math.clz32(count));
    const places = new Int32Array(slots);
    let again = false;
    for (let at = 0; at < count; at++) {
      const named = this.#named[at];
      const first = named ? firstNamed(names, keyOf(named), at) : this.#firstOf(at, places);
      if (first === at) continue;
      firsts[first] = first;
      firsts[at] = first;
      again = true;
    }
    return again ? firsts : nobodyAgain;
  }

  /** @param places one behind the place of each user id, by its hash; 0: none. More than there are users, a power of two. */
  #firstOf(at: number, places: Int32Array): number {
    const low = this.#lows[at];
    const high = this.#highs[at];
    const last = places.length - 1;
    const mixed = Math.imul((low ?? 0) ^ Math.imul(high ?? 0, 0x85eb_ca6b), 0x9e37_79b1);
    for (let slot = (mixed >>> 15) & last; ; slot = (slot + 1) & last) {
      const other = (places[slot] ?? 0) - 1;
      if (other < 0) {
        places[slot] = at + 1;
        return at;
      }
      if (this.#lows[other] === low && this.#highs[other] === high) return other;
    }
  }

  #userIdOf(user: number): bigint {
    return (BigInt(this.#highs[user] ?? 0) << 32n) | BigInt(this.#lows[user] ?? 0);
  }

  /** The user's id as sent; a user id's text is canonical. */
  #textOf(user: number): string {
    return this.#named[user]?.id ?? String(this.#userIdOf(user));
  }

  #growEntries(): void {
    this.#entryUses = grown(this.#entryUses);
    this.#expirations = grown(this.#expirations);
    this.#operations = grown(this.#operations);
  }

  #growUsers(): void {
    const [lows, highs, invalid] = [this.#lows, this.#highs, this.#invalid];
    this.#lows = new Uint32Array(lows.length * 2);
    this.#lows.set(lows);
    this.#highs = new Uint32Array(highs.length * 2);
    this.#highs.set(highs);
    this.#invalid = new Uint8Array(invalid.length * 2);
    this.#invalid.set(invalid);
    this.#firstOperations = grown(this.#firstOperations);
    this.#entryEnds = grown(this.#entryEnds);
  }
}

function grown(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}

function firstNamed(names: Map<string, number>, key: string, at: number): number {
  const first = names.get(key) ?? at;
  names.set(key, first);
  return first;
}

/** Different for different users, and never alike for a valid and a malformed one. */
function keyOf({ id, domain, identifier }: NamedUser): string {
  if (identifier === null) return `malformed:${domain ?? ''}:${id}`;
  return identifier.kind === 'device' ? `${identifier.domain}:${identifier.id}` : `${identifier.kind}:${identifier.id}`;
}

const isRefused = (outcome: number | undefined): boolean =>
  outcome !== undefined && outcome !== outcomeCodes.applied && outcome !== outcomeCodes.full && outcome !== outcomeCodes['over-limit'];

function countInvalidUser(counts: HourCounts, id: string): void {
  counts.invalidUsers += 1;
  log(counts.logs.invalidUsers, shortened(id));
}

/** @param isNew not told of in this call yet */
function countProblem(counts: HourCounts, use: SegmentUse, isNew: boolean): void {
  const { logs } = counts;
  let entries = logs.unauthorizedSegments;
  if (use.state === 'invalid') {
    counts.invalidSegments += 1;
    entries = logs.invalidSegments;
  } else if (use.state === 'inactive') {
    counts.inactiveSegments += 1;
    entries = logs.inactiveSegments;
  } else counts.unauthorizedSegments += 1;
  if (isNew) log(entries, segmentEntry(use));
}

const segmentEntry = (use: SegmentUse): SegmentEntry => [shortenedPart(use.id), shortened(use.code), shortenedPart(use.owner)];

const shortenedPart = (part: number | string): number | string => (typeof part === 'string' ? shortened(part) : part);

/** A copy: a slice would keep the whole text of a megabyte in memory for as long as the log stands. */
const shortened = (text: string): string =>
  text.length <= longestShown ? text : Buffer.from(text.slice(0, longestShown), 'utf16le').toString('utf16le');
