import { Buffer } from 'node:buffer';
import type { Identifier } from '../../profiles/identifier.ts';
import { outcomeCodes } from '../../profiles/profile-store.ts';
import { type HourCounts, log, mostEntries, type SegmentEntry } from './hour-counts.ts';
import { beginCounting, neverExpires, notKept, removes, type SegmentUse } from './segment-uses.ts';

/** A user of the call, until the store has told whether it is valid. */
interface TalliedUser {
  /** As sent. */
  readonly id: string;
  readonly domain: string | null;
  /** Null: the id is malformed. */
  readonly identifier: Identifier | null;
  /** Its first operation in the batch; -1 where nothing of it is written. */
  readonly firstOperation: number;
  /** One behind its last entry. */
  readonly entriesEnd: number;
  /** Where nothing is written no outcome tells; then the store was asked. */
  invalid: boolean;
}

/**
 * Marks of the newest of what was counted, as many as a log shows. A call adds 100,000 memberships and more, of which the log keeps
 * 200: only these are made into entries.
 */
class Newest {
  readonly #users = new Int32Array(mostEntries);
  readonly #entries = new Int32Array(mostEntries);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  add(user: number, entry: number): void {
    const at = this.#count % mostEntries;
    this.#users[at] = user;
    this.#entries[at] = entry;
    this.#count += 1;
  }

  /** Oldest first. */
  each(take: (user: number, entry: number) => void): void {
    const count = this.#count;
    for (let mark = Math.max(0, count - mostEntries); mark < count; mark++) {
      const at = mark % mostEntries;
      take(this.#users[at] ?? 0, this.#entries[at] ?? 0);
    }
  }
}

/** Filled and read within one `countInto`, which nothing interrupts. */
const newestUsers = new Newest();
const newestAdditions = new Newest();
const newestRemovals = new Newest();

const longestShown = 255;
/** More than a call names (100,000) beside those that are kept of calls before it (100,000). */
const mostUses = 2 ** 18;

/**
 * What one call asked for, kept until the store has answered and then counted, deduplicated within the call
 * (ingest.md section 3.4). Parallel arrays instead of objects, because a call may hold 100,000 entries.
 */
export class CallTally {
  readonly #users: TalliedUser[] = [];
  readonly #uses: SegmentUse[] = [];
  readonly #expirations: number[] = [];
  readonly #operations: number[] = [];
  #numbers: readonly number[] = [];
  /** Pairs that were counted; null where no user comes twice and a mark on the segment does. */
  #pairs: Set<number> | null = null;

  /** A segment of the user that `endUser` will name. @param operation its index in the batch; -1 where nothing is written. */
  addEntry(use: SegmentUse, expiration: number, operation: number): void {
    this.#uses.push(use);
    this.#expirations.push(expiration);
    this.#operations.push(operation);
  }

  endUser(id: string, domain: string | null, identifier: Identifier | null, firstOperation: number): void {
    this.#users.push({ id, domain, identifier, firstOperation, entriesEnd: this.#uses.length, invalid: identifier === null });
  }

  /** Users with a well-formed id of whom nothing is written: only the store knows whether they are valid. */
  *unwritten(): Iterable<{ readonly identifier: Identifier; invalid: boolean }> {
    for (const user of this.#users) {
      const { identifier } = user;
      if (identifier !== null && user.firstOperation < 0) yield user as TalliedUser & { identifier: Identifier };
    }
  }

  /** Counts the call. @param outcomes of the batch, one per operation. */
  countInto(counts: HourCounts, outcomes: Uint8Array): void {
    this.#numberUsers();
    for (const newest of [newestUsers, newestAdditions, newestRemovals]) newest.clear();
    let entry = 0;
    let counted = 0;
    for (let at = 0; at < this.#users.length; at++) {
      const user = this.#users[at];
      if (!user) continue;
      // Numbers are given in order of appearance: a user that is not new has a smaller one.
      const number = this.#numbers[at] ?? at;
      const again = number < counted;
      if (!again) counted += 1;
      if (user.invalid || isRefused(outcomes[user.firstOperation])) {
        if (!again) countInvalidUser(counts, user.id);
        entry = user.entriesEnd;
        continue;
      }
      if (!again) {
        counts.validUsers += 1;
        newestUsers.add(at, entry);
      }
      for (; entry < user.entriesEnd; entry++) this.#countEntry(counts, entry, number, at, outcomes);
    }
    this.#logNewest(counts);
  }

  #logNewest({ logs }: HourCounts): void {
    const shown = (at: number): string => shortened(this.#users[at]?.id ?? '');
    const segment = (entry: number): number | string => this.#uses[entry]?.id ?? 0;
    newestUsers.each((at) => log(logs.users, shown(at)));
    newestRemovals.each((at, entry) => log(logs.removals, [shown(at), segment(entry), removes]));
    newestAdditions.each((at, entry) => {
      const expiration = this.#expirations[entry] ?? 0;
      log(logs.additions, [shown(at), segment(entry), expiration === notKept ? neverExpires : expiration]);
    });
  }

  /** @param user its number in the call @param at its place in the call */
  #countEntry(counts: HourCounts, entry: number, user: number, at: number, outcomes: Uint8Array): void {
    const use = this.#uses[entry];
    const expiration = this.#expirations[entry] ?? 0;
    if (!use || !this.#isFirst(use, user, use.state === 'usable' && expiration === removes)) return;
    const { logs } = counts;
    if (use.state !== 'usable') {
      if (use.state === 'invalid') counts.invalidSegments += 1;
      else if (use.state === 'inactive') counts.inactiveSegments += 1;
      else counts.unauthorizedSegments += 1;
      const lines = { invalid: logs.invalidSegments, inactive: logs.inactiveSegments, unauthorized: logs.unauthorizedSegments };
      logSegment(lines[use.state], use);
      return;
    }
    if (outcomes[this.#operations[entry] ?? -1] === outcomeCodes.full) {
      counts.otherErrors += 1;
      return;
    }
    logSegment(logs.segments, use);
    if (expiration === removes) {
      counts.validRemoves += 1;
      newestRemovals.add(at, entry);
    } else {
      counts.validAdds += 1;
      newestAdditions.add(at, entry);
    }
  }

  /** Is this the first time that the pair of user and segment is counted in the call, additions and removals apart? */
  #isFirst(use: SegmentUse, user: number, removal: boolean): boolean {
    beginCounting(use, this);
    if (this.#pairs) {
      const key = (user * mostUses + use.index) * 2 + Number(removal);
      if (this.#pairs.has(key)) return false;
      this.#pairs.add(key);
      return true;
    }
    if ((removal ? use.removedFor : use.addedFor) === user) return false;
    if (removal) use.removedFor = user;
    else use.addedFor = user;
    return true;
  }

  /** Gives one number to every distinct user. */
  #numberUsers(): void {
    if (this.#users.length < 2) return;
    const numbers = new Map<string, number>();
    this.#numbers = this.#users.map((user) => {
      const key = keyOf(user);
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    if (numbers.size < this.#users.length) this.#pairs = new Set();
  }
}

/** Different for different users, and never alike for a valid and a malformed one. A user id's text is canonical. */
function keyOf({ id, domain, identifier }: TalliedUser): string {
  if (identifier === null) return `malformed:${domain ?? ''}:${id}`;
  if (identifier.kind === 'user') return id;
  return identifier.kind === 'device' ? `${identifier.domain}:${identifier.id}` : `${identifier.kind}:${identifier.id}`;
}

const isRefused = (outcome: number | undefined): boolean =>
  outcome !== undefined && outcome !== outcomeCodes.applied && outcome !== outcomeCodes.full;

function countInvalidUser(counts: HourCounts, id: string): void {
  counts.invalidUsers += 1;
  log(counts.logs.invalidUsers, shortened(id));
}

/** A segment is named once in a call. */
function logSegment(entries: SegmentEntry[], use: SegmentUse): void {
  if (use.logged) return;
  use.logged = true;
  log(entries, segmentEntry(use));
}

const segmentEntry = (use: SegmentUse): SegmentEntry => [shortenedPart(use.id), shortened(use.code), shortenedPart(use.owner)];

const shortenedPart = (part: number | string): number | string => (typeof part === 'string' ? shortened(part) : part);

/** A copy: a slice would keep the whole text of a megabyte in memory for as long as the log stands. */
const shortened = (text: string): string =>
  text.length <= longestShown ? text : Buffer.from(text.slice(0, longestShown), 'utf16le').toString('utf16le');
