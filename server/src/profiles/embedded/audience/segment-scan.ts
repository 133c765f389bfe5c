import type { SegmentId } from '../../../kit/ids.ts';
import type { ScanFields, ScanPage } from '../../profile-store.ts';
import { ScanPageBuilder } from '../../scan-page.ts';
import { addedAtWord, lifetimeWord, sourceMask, sourceWord, valueMask, valueWord } from '../memory/membership-slabs.ts';
import { type AudienceSet, bitmapWords, chunkShift, usersPerChunk } from './audience-set.ts';
import { liveMembershipAt } from './plan-walk.ts';
import { blockShift, usersPerBlock } from '../memory/user-blocks.ts';
import { type BlockCollector, type BlockReader, mostUsersPerVisit, type UserGroup } from './block-reader.ts';

/** A page has so many users at most, and looks at so many profiles at most that its segment may not have: about 3 ms each. */
const mostUsersPerPage = 1 << 14;
const mostProfilesRead = 1 << 15;
/** A page by set goes over so many chunks at most, however few users they have. */
const mostChunksPerPage = 64;

/** Where nobody knows how many users a page will have. */
const roomAtFirst = 1024;

export interface ScanQuestion {
  readonly segment: SegmentId;
  /** The segment's live number. */
  readonly number: number;
  /** The ordinal to begin with; null: the first. */
  readonly cursor: number | null;
  readonly limit: number;
  readonly nowS: number;
  readonly fields: ScanFields;
}

/** Users of a segment by its set. */
interface SetRange {
  readonly set: AudienceSet;
  /** One behind the last user. */
  readonly end: number;
  /** Due blocks of the range, ascending. */
  readonly due: readonly number[];
}

/**
 * Where a page by this set ends at the latest. To be called before the flips are taken that bring the set up to date: of a block that
 * is not due then, and has not changed since, the set says exactly who is live.
 */
export function setRangeOf(reader: BlockReader, set: AudienceSet, { cursor, limit, nowS }: ScanQuestion): SetRange {
  const first = cursor ?? 1;
  const wanted = Math.min(limit, mostUsersPerPage);
  const mostChunk = (first >>> chunkShift) + mostChunksPerPage;
  let chunk = (first >>> chunkShift) + 1;
  for (let users = 0; chunk < mostChunk && users < wanted; chunk++) users += set.cardinalityOf(chunk);
  const end = Math.min(reader.userEnd, chunk << chunkShift);
  const firstBlock = first >>> blockShift;
  const endBlock = (end + usersPerBlock - 1) >>> blockShift;
  const due: number[] = [];
  for (let block = firstBlock; block < endBlock; block++) if (reader.isDue(block, nowS)) due.push(block);
  reader.mark(firstBlock, endBlock);
  return { set, end, due };
}

/**
 * `ProfileStore.scan`: the live users of a segment by ordinal, which no write changes; so the cursor is the next ordinal to look
 * at. With the segment's set (up to date with all flips) only its users are read, and those of due blocks, where
 * somebody may have come or gone since; without it all profiles are. Where only keys are wanted, the profile of a user in the set is
 * not read unless its block has changed since.
 */
export function scanSegment(reader: BlockReader, range: SetRange | null, question: ScanQuestion): ScanPage {
  const most = Math.min(question.limit, mostUsersPerPage);
  const candidates = new Candidates(reader, range, question.cursor ?? 1);
  const page = new PageCollector(reader, question, candidates, Math.min(most, range?.set.cardinality ?? roomAtFirst));
  while (page.taken < most) {
    const count = candidates.next(Math.min(mostUsersPerVisit, most - page.taken));
    if (count === 0) break;
    candidates.back(page.read(count));
  }
  return page.page(candidates.cursor);
}

/** Whom of a segment to look at, in groups, by ordinal. */
class Candidates {
  readonly #userEnd: number;
  readonly #end: number;
  readonly #set: AudienceSet | null;
  readonly #due: readonly number[];
  #nextDue = 0;
  readonly #bitmap: Uint32Array;
  #bitmapOf = -1;
  /** The next ordinal to look at. */
  #user: number;
  /** Profiles that may be read although the set does not say that somebody is in the segment. */
  #left = mostProfilesRead;
  readonly users = new Uint32Array(mostUsersPerVisit);
  /** 1: the set has this user, and its block is not due. */
  readonly inSet = new Uint8Array(mostUsersPerVisit);
  #count = 0;

  constructor(reader: BlockReader, range: SetRange | null, cursor: number) {
    this.#userEnd = reader.userEnd;
    this.#end = range?.end ?? this.#userEnd;
    this.#set = range?.set ?? null;
    this.#due = range?.due ?? [];
    this.#user = cursor;
    this.#bitmap = new Uint32Array(range === null ? 0 : bitmapWords);
  }

  /** Where the next page goes on; null: all have been looked at. */
  get cursor(): number | null {
    return this.#user < this.#userEnd ? this.#user : null;
  }

  /** Writes the next `most` users at most, and answers how many; 0 where there are none or the page has read enough. */
  next(most: number): number {
    this.#count = 0;
    while (this.#count < most && this.#user < this.#end && this.#left > 0) {
      if (this.#set === null || this.#isDue(this.#user >>> blockShift)) this.#addAll(most);
      else {
        const chunk = this.#user >>> chunkShift;
        if (chunk !== this.#bitmapOf) this.#set.copyInto(chunk, this.#bitmap);
        this.#bitmapOf = chunk;
        this.#addWord(most);
      }
    }
    return this.#count;
  }

  /** Only so many of the last group could be read: the others come again. */
  back(read: number): void {
    if (read === this.#count) return;
    this.#user = this.users[read] as number;
    this.#nextDue = 0;
  }

  #isDue(block: number): boolean {
    const due = this.#due;
    while (this.#nextDue < due.length && (due[this.#nextDue] as number) < block) this.#nextDue += 1;
    return due[this.#nextDue] === block;
  }

  /** All users of the block. */
  #addAll(most: number): void {
    const end = Math.min(((this.#user >>> blockShift) + 1) << blockShift, this.#end, this.#user + most - this.#count);
    this.#left -= end - this.#user;
    this.inSet.fill(0, this.#count, this.#count + end - this.#user);
    while (this.#user < end) this.users[this.#count++] = this.#user++;
  }

  /** The users in the set of the half of a block. */
  #addWord(most: number): void {
    const { users, inSet } = this;
    const first = this.#user & ~31;
    let count = this.#count;
    let bits = ((this.#bitmap[(first & (usersPerChunk - 1)) >>> 5] as number) >>> (this.#user & 31)) << (this.#user & 31);
    for (; bits !== 0 && count < most; bits &= bits - 1) {
      inSet[count] = 1;
      users[count++] = first + 31 - Math.clz32(bits & -bits);
    }
    this.#count = count;
    this.#user = bits === 0 ? first + 32 : first + 31 - Math.clz32(bits & -bits);
  }
}

class PageCollector implements BlockCollector {
  readonly #reader: BlockReader;
  readonly #question: ScanQuestion;
  readonly #candidates: Candidates;
  readonly #page: ScanPageBuilder;
  /** Of the visit that is under way: users of the page after each of its users, and the names of those that came to it. */
  readonly #counts = new Uint32Array(mostUsersPerVisit);
  readonly #names = new Uint32Array(mostUsersPerVisit);
  /** Users of the page after the last visit that is over. */
  taken = 0;

  constructor(reader: BlockReader, question: ScanQuestion, candidates: Candidates, room: number) {
    this.#reader = reader;
    this.#question = question;
    this.#candidates = candidates;
    this.#page = new ScanPageBuilder(question.segment, room, question.fields);
  }

  /** Adds those of the candidates who are in the segment. Answers how many of them were looked at, from the first on. */
  read(count: number): number {
    const read = this.#reader.visitUsers(this.#candidates.users, count, this);
    this.taken = this.#counts[read - 1] as number;
    this.#page.rewind(this.taken);
    return read;
  }

  /** Memberships first and keys then: the processor waits for many places at once where none depends on another. */
  collect(group: UserGroup): void {
    const page = this.#page;
    page.rewind(this.taken);
    const found = this.#question.fields === 'keys' ? this.#findUsers(group) : this.#addMemberships(group);
    for (let i = 0; i < found; i++) page.addKey(this.#reader.copyKeyOf(this.#names[i] as number, page.keys, page.keyEnd));
  }

  #findUsers(group: UserGroup): number {
    const { number, nowS } = this.#question;
    const { inSet } = this.#candidates;
    let found = 0;
    for (let i = 0; i < group.size; i++) {
      if ((inSet[i] === 1 && group.unmoved[i] === 1) || liveMembershipAt(group, i, number, nowS) >= 0) {
        this.#names[found++] = group.names[i] as number;
      }
      this.#counts[i] = this.taken + found;
    }
    return found;
  }

  #addMemberships(group: UserGroup): number {
    const { number, nowS } = this.#question;
    let found = 0;
    for (let i = 0; i < group.size; i++) {
      const at = liveMembershipAt(group, i, number, nowS);
      if (at >= 0) {
        const words = group.memory.wordsOf(group.slabs[i] as number);
        this.#page.addMembership(
          (words[at + valueWord] as number) & valueMask,
          words[at + addedAtWord] as number,
          words[at + lifetimeWord] as number,
          (words[at + sourceWord] as number) & sourceMask,
        );
        this.#names[found++] = group.names[i] as number;
      }
      this.#counts[i] = this.taken + found;
    }
    return found;
  }

  page(next: number | null): ScanPage {
    return this.#page.page(next);
  }
}
